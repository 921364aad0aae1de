#pragma once
/* times(2) */
struct tms { long tms_utime, tms_stime, tms_cutime, tms_cstime; };
