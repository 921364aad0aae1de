/* slabinfo: the kernel's object caches, those with most memory first. From /proc/slabinfo. */
#include <err.h>
#include <proctext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cache { char name[32]; unsigned long active, objects, size, per_slab, pages, slabs, kept; };

static unsigned long bytes_of(const struct cache *c) { return c->slabs * c->pages * 4096; }

/* "name active objects size per_slab pages : tunables 0 0 0 : slabdata active_slabs slabs kept" */
static void parse(const char *line, struct cache *c)
{
	unsigned long *fields[] = { &c->active, &c->objects, &c->size, &c->per_slab, &c->pages };
	size_t n = strcspn(line, " ");
	strlcpy(c->name, line, n < sizeof c->name ? n + 1 : sizeof c->name);
	char *p = (char *)line + n;
	for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++)
		*fields[i] = strtoul(p, &p, 10);
	p = strstr(p, "slabdata");
	if (!p)
		errx(1, "/proc/slabinfo: not understood");
	p += strlen("slabdata");
	strtoul(p, &p, 10);
	c->slabs = strtoul(p, &p, 10);
	c->kept = strtoul(p, &p, 10);
}

static int by_bytes(const void *a, const void *b)
{
	unsigned long x = bytes_of(a), y = bytes_of(b);
	return x > y ? -1 : x < y ? 1 : strcmp(((const struct cache *)a)->name, ((const struct cache *)b)->name);
}

/* Two lines of title come first. */
static size_t read_caches(struct cache **out)
{
	char *text = proc_text("/proc/slabinfo");
	size_t n = 0, room = 0;
	*out = NULL;
	for (const char *p = text; p; p = proc_next_line(p)) {
		if (*p == '#' || !strncmp(p, "slabinfo", 8))
			continue;
		if (n == room && !(*out = realloc(*out, (room = room * 2 + 32) * sizeof **out)))
			err(1, "caches");
		parse(p, &(*out)[n++]);
	}
	free(text);
	qsort(*out, n, sizeof **out, by_bytes);
	return n;
}

static void print_cache(const struct cache *c)
{
	unsigned long use = permille(c->active * c->size, bytes_of(c));
	printf("%-20s %8lu %6lu %6lu %6s %8s %4lu.%lu%%\n", c->name, c->active, c->kept, c->size, human_kib(c->pages * 4),
		human_kib(bytes_of(c) / 1024), use / 10, use % 10);
}

int main(int argc, char **argv)
{
	struct cache *caches, all = { .name = "all", .pages = 1 };
	int every = argc == 2 && !strcmp(argv[1], "-a");
	if (argc > 1 && !every)
		usage("[-a]");
	size_t n = read_caches(&caches);
	unsigned long used = 0;
	printf("%-20s %8s %6s %6s %6s %8s %6s\n", "CACHE", "OBJECTS", "KEPT", "SIZE", "SLAB", "MEMORY", "USE");
	for (size_t i = 0; i < n; i++) {
		if (every || caches[i].slabs)
			print_cache(&caches[i]);
		all.active += caches[i].active;
		all.kept += caches[i].kept;
		all.slabs += caches[i].slabs * caches[i].pages;
		used += caches[i].active * caches[i].size;
	}
	unsigned long use = permille(used, bytes_of(&all));
	printf("%-20s %8lu %6lu %6s %6s %8s %4lu.%lu%%\n", all.name, all.active, all.kept, "", "", human_kib(bytes_of(&all) / 1024), use / 10,
		use % 10);
	free(caches);
	return fflush(stdout) != 0;
}
