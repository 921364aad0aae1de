/* Directories: getdents64(2) a buffer at a time. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "priv.h"

struct dir { int fd; long at, len; struct dirent entry; char buf[2048] __attribute__((aligned(8))); };

DIR *opendir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : malloc(sizeof *d);
	if (d) {
		d->fd = fd;
		d->at = d->len = 0;
	} else if (fd >= 0) {
		close(fd);
	}
	return d;
}

struct dirent *readdir(DIR *d)
{
	if (d->at >= d->len) {
		d->len = CALL3(getdents64, d->fd, d->buf, sizeof d->buf);
		d->at = 0;
		if (d->len <= 0)
			return NULL;
	}
	struct linux_dirent64 *e = (struct linux_dirent64 *)(void *)(d->buf + d->at);
	d->at += e->d_reclen;
	d->entry.d_ino = e->d_ino;
	d->entry.d_type = e->d_type;
	strlcpy(d->entry.d_name, e->d_name, sizeof d->entry.d_name);
	return &d->entry;
}

void rewinddir(DIR *d)
{
	lseek(d->fd, 0, SEEK_SET);
	d->at = d->len = 0;
}

int closedir(DIR *d)
{
	int r = close(d->fd);
	free(d);
	return r;
}
