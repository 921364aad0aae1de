#pragma once
#include <stddef.h>
/* readv(2) */
struct iovec { void *iov_base; size_t iov_len; };
#define IOV_MAX 1024
