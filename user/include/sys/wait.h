#pragma once
#include <sys/types.h>
#include <abi/wait.h>
pid_t wait(int *status);
pid_t waitpid(pid_t pid, int *status, int options);
