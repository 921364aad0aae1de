/* The lines typed before, also those of earlier shells: in ~/.sh_history, or where HISTFILE says ("" for nowhere). */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

enum { HISTORY = 200, FILE_MOST = 65536 /* bytes: then the file is begun anew, with what is remembered */ };

static char *history[HISTORY];
static int count;

int history_count(void) { return count; }
const char *history_entry(int n) { return history[n]; }

static bool remember(const char *line)
{
	if (!*line || (count && !strcmp(history[count - 1], line)))
		return false;
	if (count == HISTORY) {
		free(history[0]);
		memmove(history, history + 1, sizeof history - sizeof *history);
		count--;
	}
	history[count++] = sh_strdup(line);
	return true;
}

/* False: there is to be none. */
static bool file_name(char *path, size_t n)
{
	const char *file = var_get("HISTFILE"), *home = var_get("HOME");
	if (file)
		strlcpy(path, file, n);
	else if (home)
		snprintf(path, n, "%s%s.sh_history", home, !strcmp(home, "/") ? "" : "/");
	return file ? *file : home != NULL;
}

static void rewrite(const char *path)
{
	FILE *f = fopen(path, "w");
	for (int i = 0; f && i < count; i++)
		fprintf(f, "%s\n", history[i]);
	if (f)
		fclose(f);
}

/* The entry that "!!", "!N" or "!TEXT" at the head of a line means, -1: none; *n: how long that is. */
static int recalled(const char *line, size_t *n)
{
	*n = line[1] == '!' ? 2 : strcspn(line, " \t;|&<>()");
	if (line[1] == '!')
		return count - 1;
	if (isdigit((unsigned char)line[1]))
		return atoi(line + 1) <= count ? atoi(line + 1) - 1 : -1;
	for (int i = count - 1; i >= 0; i--)
		if (!strncmp(history[i], line + 1, *n - 1))
			return i;
	return -1;
}

bool history_recall(char *line, size_t room)
{
	size_t n;
	if (line[0] != '!' || !line[1] || strchr(" \t=(", line[1]))
		return true;
	int entry = recalled(line, &n);
	if (entry < 0 || strlen(history[entry]) + strlen(line + n) >= room) {
		fprintf(stderr, "sh: %.*s: not in the history\n", (int)n, line);
		return false;
	}
	char *whole = sh_alloc(room);
	snprintf(whole, room, "%s%s", history[entry], line + n);
	puts(strcpy(line, whole));
	free(whole);
	return true;
}

int history_builtin(char **argv)
{
	int from = argv[1] && isdigit((unsigned char)*argv[1]) && atoi(argv[1]) < count ? count - atoi(argv[1]) : 0;
	for (int i = from; i < count; i++)
		printf("%5d  %s\n", i + 1, history[i]);
	return 0;
}

void history_load(void)
{
	char path[256], *line = NULL;
	size_t room = 0;
	long bytes = 0;
	FILE *f = file_name(path, sizeof path) ? fopen(path, "r") : NULL;
	if (!f)
		return;
	for (ssize_t n; (n = getline(&line, &room, f)) > 0; bytes += n) {
		line[n - 1] = line[n - 1] == '\n' ? 0 : line[n - 1];
		remember(line);
	}
	free(line);
	fclose(f);
	if (bytes > FILE_MOST)
		rewrite(path);
}

void history_add(const char *line)
{
	char path[256];
	if (!remember(line) || !file_name(path, sizeof path))
		return;
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return;		/* a disk that cannot be written to is no reason not to go on */
	char text[2048];
	int n = snprintf(text, sizeof text, "%s\n", line);
	off_t end = lseek(fd, 0, SEEK_END);
	if (n > 0 && (size_t)n < sizeof text && write(fd, text, (size_t)n) != n && end >= 0)
		(void)!ftruncate(fd, end);	/* no half lines */
	close(fd);
}
