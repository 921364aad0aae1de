/* vmmap: a process's address space as a strip: each region and each hole between them, and how full the window is where mmap places things. From
 * /proc/PID/smaps and status. */
#include <err.h>
#include <proctext.h>
#include <smaps.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS = 72 };
struct span { unsigned long start, end; };

/* ---- regions and holes ---- */

/* A cell for a page, and one more each time that the length doubles: from 1 to 27. */
static void print_bar(unsigned long nbytes, char c)
{
	for (unsigned long pages = nbytes / 4096; pages; pages /= 2)
		putchar(c);
	putchar('\n');
}

static void print_region(const struct smap *m)
{
	const char *name = *m->name ? m->name : "anonymous";
	printf("0x%010lx %8s  %s %8s  %-20s ", m->start, human_kib((m->end - m->start) / 1024), m->mode, human_kib(m->rss), name);
	print_bar(m->end - m->start, '#');
}

static void print_hole(unsigned long start, unsigned long end)
{
	if (start >= end)
		return;
	printf("0x%010lx %8s  %-35s ", start, human_kib((end - start) / 1024), "   hole");
	print_bar(end - start, '.');
}

/* The window's ends are marked where the strip passes them; a hole across one is cut there. */
static void print_gap(unsigned long start, unsigned long end, const struct span *window)
{
	const unsigned long marks[] = { window->start, window->end };
	for (int i = 0; i < 2; i++)
		if (start <= marks[i] && marks[i] <= end) {
			print_hole(start, marks[i]);
			printf("0x%010lx ---- window %s ----\n", marks[i], i ? "ends" : "begins");
			start = marks[i];
		}
	print_hole(start, end);
}

static void print_all(const struct smap *maps, size_t n, const struct span *window)
{
	unsigned long at = 0;
	printf("%-12s %8s  %-4s %8s  %-20s %s\n", "ADDRESS", "SIZE", "MODE", "RESIDENT", "MAPPING", "LENGTH (a cell more is twice as long)");
	for (size_t i = 0; i < n; i++) {
		print_gap(at, maps[i].start, window);
		print_region(&maps[i]);
		at = maps[i].end;
	}
	print_gap(at, at < window->end ? window->end : at, window);
}

/* ---- the window in one line ---- */

static unsigned long overlap(const struct smap *m, struct span cell)
{
	unsigned long start = m->start > cell.start ? m->start : cell.start, end = m->end < cell.end ? m->end : cell.end;
	return start < end ? end - start : 0;
}

/* Tenths are rounded up, so that what is used is seen; # is only what is full. */
static char cell_letter(unsigned long used, unsigned long size)
{
	if (!used)
		return '.';
	unsigned long tenths = (used / 16 * 10 + size / 16 - 1) / (size / 16);
	return used == size ? '#' : (char)('0' + (tenths > 9 ? 9 : tenths ? tenths : 1));
}

static void print_strip(const char *what, const struct smap *maps, size_t n, struct span span)
{
	unsigned long pages = (span.end - span.start) / 4096;
	char strip[CELLS + 1] = "";
	unsigned cells = pages < CELLS ? (unsigned)pages : CELLS;
	for (unsigned c = 0; c < cells; c++) {
		struct span cell = { span.start + pages * c / cells * 4096, span.start + pages * (c + 1) / cells * 4096 };
		unsigned long used = 0;
		for (size_t i = 0; i < n; i++)
			used += overlap(&maps[i], cell);
		strip[c] = cell_letter(used, cell.end - cell.start);
	}
	printf("%s 0x%lx-0x%lx, about %s a cell:\n[%s]\n", what, span.start, span.end, human_kib(pages * 4 / (cells ? cells : 1)), strip);
}

/* From the first to the last region in the window. */
static struct span used_part(const struct smap *maps, size_t n, const struct span *window)
{
	struct span used = { window->end, window->start };
	for (size_t i = 0; i < n; i++)
		if (overlap(&maps[i], *window)) {
			used.start = maps[i].start < used.start ? maps[i].start : used.start;
			used.end = maps[i].end > used.end ? maps[i].end : used.end;
		}
	return used;
}

/* ---- figures ---- */

static struct span window_of(const char *status)
{
	const char *line = strstr(status, "\nWindow:\t");
	struct span w = { 0, 0 };
	char *end;
	if (!line)
		errx(1, "no window in /proc/PID/status");
	w.start = strtoul(line + 9, &end, 16);
	w.end = strtoul(end + 1, NULL, 16);
	return w;
}

static unsigned long refused_for(const char *status, const char *why)
{
	const char *line = strstr(status, "\nRefused:"), *at = line ? strstr(line, why) : NULL;
	return at ? strtoul(at + strlen(why), NULL, 10) : 0;
}

static void print_figures(const char *status)
{
	printf("addresses %s, most so far %s, resident %s; the page of zeros %lu times; page tables %s\n", human_kib(proc_number(status, "VmSize")),
		human_kib(proc_number(status, "VmPeak")), human_kib(proc_number(status, "VmRSS")), proc_number(status, "ZeroPages"),
		human_kib(proc_number(status, "VmPTE")));
	printf("window: %s in holes, largest hole %s\n", human_kib(proc_number(status, "HolePages") * 4),
		human_kib(proc_number(status, "LargestHole") * 4));
	printf("%lu mmaps, %lu munmaps; refused: no hole %lu, over the limit %lu, no memory %lu\n", proc_number(status, "Mmaps"),
		proc_number(status, "Munmaps"), refused_for(status, "holes "), refused_for(status, "budget "), refused_for(status, "memory "));
}

int main(int argc, char **argv)
{
	if (argc > 2 || (argc == 2 && *argv[1] == '-'))
		usage("[PID]");
	int pid = argc == 2 ? pid_of(argv[1]) : 0;
	char path[64] = "/proc/self/status";
	struct smap *maps;
	size_t n = smaps_read(pid, &maps);
	if (pid)
		snprintf(path, sizeof path, "/proc/%d/status", pid);
	char *status = proc_text(path);
	struct span window = window_of(status), used = used_part(maps, n, &window);
	printf("%s: %lu regions\n", process_title(pid), (unsigned long)n);
	print_all(maps, n, &window);
	print_strip("window", maps, n, window);
	if (used.start < used.end && (used.start > window.start || used.end < window.end))
		print_strip("of it used", maps, n, used);
	print_figures(status);
	free(status);
	free(maps);
	return fflush(stdout) != 0;
}
