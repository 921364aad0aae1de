/* vmstat: memory and what the allocators do, in one line; with an interval again and again. From /proc/vmstat and /proc/stat. The first
 * line counts since boot, each further one since the line before. */
#include <err.h>
#include <proctext.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct counts { unsigned long calls, failures, refills, stalls, oom_kills, switches; };

static struct counts print_line(struct counts since)
{
	char *vm = proc_text("/proc/vmstat"), *stat = proc_text("/proc/stat");
	struct counts now = {
		proc_number(vm, "alloc_calls"), proc_number(vm, "alloc_failures"), proc_number(vm, "pcp_refills"), proc_number(vm, "allocstall"),
		proc_number(vm, "oom_kill"), proc_number(stat, "ctxt"),
	};
	printf("%5lu %8s %8s %8s %8s %8s  %9lu %6lu %7lu %6lu %5lu %8lu\n", proc_number(stat, "procs_running"),
		human_kib(proc_number(vm, "nr_free_pages") * 4), human_kib(proc_number(vm, "nr_anon_pages") * 4),
		human_kib(proc_number(vm, "nr_file_pages") * 4),
		human_kib((proc_number(vm, "nr_slab_reclaimable") + proc_number(vm, "nr_slab_unreclaimable")) * 4),
		human_kib(proc_number(vm, "nr_page_table_pages") * 4), now.calls - since.calls, now.failures - since.failures,
		now.refills - since.refills, now.stalls - since.stalls, now.oom_kills - since.oom_kills, now.switches - since.switches);
	free(vm);
	free(stat);
	return now;
}

static unsigned number(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);
	if (!*s || *end || n < 1 || n > 1000000)
		errx(2, "%s: not a number from 1 to 1000000", s);
	return (unsigned)n;
}

int main(int argc, char **argv)
{
	struct counts since = { 0, 0, 0, 0, 0, 0 };
	const char *synopsis = "[SECONDS [COUNT]]";
	if (argc > 3 || (argc > 1 && *argv[1] == '-'))
		usage(synopsis);
	unsigned seconds = argc > 1 ? number(argv[1]) : 0, count = argc > 2 ? number(argv[2]) : 0;
	printf("%5s %8s %8s %8s %8s %8s  %9s %6s %7s %6s %5s %8s\n", "run", "free", "anon", "files", "slabs", "tables", "allocs", "failed", "refills",
		"stall", "oom", "switches");
	since = print_line(since);
	for (unsigned i = 1; seconds && (!count || i < count); i++) {
		fflush(stdout);
		sleep(seconds);
		since = print_line(since);
	}
	return fflush(stdout) != 0;
}
