#pragma once
#include <abi/mount.h>
#include <abi/reboot.h>
#include <abi/statfs.h>
#include <abi/sysinfo.h>
#include <abi/utsname.h>
/* What administrators' programs call. */
int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
int umount(const char *target);
int reboot(unsigned cmd);
int uname(struct utsname *u);
int sysinfo(struct sysinfo *s);
int statfs(const char *path, struct statfs *s);
int klogctl(int op, char *buf, int n);
