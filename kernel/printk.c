/* The kernel log: a ring, and its copy on the console. */
#include <lib/fmt.h>
#include <lib/lock.h>
#include <lib/string.h>
#include <kernel/console.h>
#include <kernel/printk.h>

enum { LOG_BYTES = 16384 };

static struct spinlock log_lock = SPINLOCK_INIT(LOCK_LOG, "log");
static char ring[LOG_BYTES];
static uint64_t written;	/* bytes ever; the newest LOG_BYTES of them are in the ring */
static uint64_t cleared;	/* bytes that log_clear() hid */
static bool console_ready, quiet_console;

static size_t oldest_first(char *buf, size_t n, uint64_t from)
{
	for (size_t i = 0; i < n; i++)
		buf[i] = ring[(from + i) % LOG_BYTES];
	return n;
}

/* On the console a newline begins with a carriage return. */
static void show(const char *s, size_t n)
{
	for (size_t from = 0, i = 0; i < n; i++)
		if (s[i] == '\n' || i + 1 == n) {
			bool newline = s[i] == '\n';
			console_write(s + from, i + !newline - from);
			if (newline)
				console_write("\r\n", 2);
			from = i + 1;
		}
}

static void put(void *ctx, const char *s, size_t n)
{
	(void)ctx;
	for (size_t i = 0; i < n; i++)
		ring[written++ % LOG_BYTES] = s[i];
	if (console_ready && (!quiet_console || panic_in_progress()))
		show(s, n);
}

void vprintk(const char *fmt, va_list ap)
{
	bool locked = !panic_in_progress();
	if (locked)
		spin_lock(&log_lock);
	fmt_vformat(put, NULL, fmt, ap);
	if (locked)
		spin_unlock(&log_lock);
}

void printk(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vprintk(fmt, ap);
	va_end(ap);
}

void log_console_ready(bool quiet)
{
	char chunk[64];
	quiet_console = quiet;
	console_ready = true;
	for (uint64_t at = 0; !quiet && at < written; at += sizeof chunk) {
		size_t n = written - at < sizeof chunk ? written - at : sizeof chunk;
		show(chunk, oldest_first(chunk, n, at));
	}
}

void log_for_panic(void)
{
	if (!console_ready)
		log_console_ready(false);
}

size_t log_size(void)
{
	uint64_t n = written - cleared;
	return n < LOG_BYTES ? n : LOG_BYTES;
}

size_t log_capacity(void) { return LOG_BYTES; }

size_t log_read(char *buf, size_t n)
{
	spin_lock(&log_lock);
	size_t have = log_size();
	n = n < have ? n : have;
	oldest_first(buf, n, written - n);
	spin_unlock(&log_lock);
	return n;
}

void log_clear(void)
{
	spin_lock(&log_lock);
	cleared = written;
	spin_unlock(&log_lock);
}
