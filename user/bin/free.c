/* free: memory, from /proc/meminfo, in kB. */
#include "util.h"

static long field(const char *text, const char *key)
{
	const char *p = strstr(text, key);
	return p ? strtol(p + strlen(key), NULL, 10) : 0;
}

int main(void)
{
	char text[4096];
	FILE *f = fopen("/proc/meminfo", "r");
	if (!f)
		return complain("free", "/proc/meminfo");
	size_t n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = 0;
	long total = field(text, "MemTotal:"), left = field(text, "MemFree:");
	long cache = field(text, "\nCached:") + field(text, "Buffers:"), available = field(text, "MemAvailable:");
	printf("       %10s %10s %10s %10s %10s\n", "total", "used", "free", "cache", "available");
	printf("Mem:   %10ld %10ld %10ld %10ld %10ld\n", total, total - left - cache, left, cache, available);
	return 0;
}
