/* cp [-r] FROM... TO: copy files, with -r folders too. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "util.h"

static int copy_bytes(int in, int out, const char *from, const char *to)
{
	static char buf[32768];
	ssize_t n;
	while ((n = read(in, buf, sizeof buf)) > 0)
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = write(out, buf + done, (size_t)(n - done))) < 0)
				return complain("cp", to);
	return n < 0 ? complain("cp", from) : 0;
}

static int copy_file(const char *from, const char *to)
{
	struct stat a, b;
	int in = open(from, O_RDONLY);
	if (in < 0)
		return complain("cp", from);
	if (fstat(in, &a) == 0 && stat(to, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino) {
		fprintf(stderr, "cp: %s and %s are the same file\n", from, to);
		close(in);
		return 1;
	}
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	int status = out < 0 ? complain("cp", to) : copy_bytes(in, out, from, to);
	close(in);
	if (out >= 0 && close(out) < 0)
		status = complain("cp", to);
	return status;
}

static int copy(const char *from, const char *to, int recurse);

static int copy_folder(const char *from, const char *to)
{
	char a[1024], b[1024];
	int status = 0;
	if (mkdir(to, 0777) < 0 && errno != EEXIST)
		return complain("cp", to);
	DIR *d = opendir(from);
	if (!d)
		return complain("cp", from);
	for (struct dirent *e; (e = readdir(d));) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(a, sizeof a, "%s/%s", from, e->d_name);
		snprintf(b, sizeof b, "%s/%s", to, e->d_name);
		status |= copy(a, b, 1);
	}
	closedir(d);
	return status;
}

static int copy(const char *from, const char *to, int recurse)
{
	struct stat st;
	if (stat(from, &st) < 0)
		return complain("cp", from);
	if (!S_ISDIR(st.st_mode))
		return copy_file(from, to);
	if (recurse)
		return copy_folder(from, to);
	fprintf(stderr, "cp: %s is a directory (use -r)\n", from);
	return 1;
}

int main(int argc, char **argv)
{
	struct options opt;
	struct stat st;
	int n = 0, status = 0;
	(void)argc;
	take_options(&opt, &argv);
	while (argv[n])
		n++;
	if (n < 2)
		return usage("cp [-r] FROM... TO");
	int into = stat(argv[n - 1], &st) == 0 && S_ISDIR(st.st_mode);
	if (n > 2 && !into)
		return usage("cp [-r] FROM... FOLDER");
	for (int i = 0; i < n - 1; i++) {
		char to[1024];
		const char *slash = strrchr(argv[i], '/');
		snprintf(to, sizeof to, into ? "%s/%s" : "%s", argv[n - 1], slash ? slash + 1 : argv[i]);
		status |= copy(argv[i], to, opt.seen['r'] || opt.seen['R']);
	}
	return status;
}
