#pragma once
#include <sys/types.h>
#include <abi/dirent.h>
struct dirent { ino_t d_ino; unsigned char d_type; char d_name[256]; };
typedef struct dir DIR;
DIR *opendir(const char *path);
struct dirent *readdir(DIR *d);	/* overwritten by the next call */
void rewinddir(DIR *d);
int closedir(DIR *d);
