/* date: the wall clock, UTC. */
#include <time.h>
#include "util.h"

int main(void)
{
	static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = time(NULL);
	struct tm *t = gmtime(&now);
	printf("%.3s %.3s %2d %02d:%02d:%02d UTC %d\n", days + 3 * t->tm_wday, months + 3 * t->tm_mon, t->tm_mday, t->tm_hour, t->tm_min,
		t->tm_sec, t->tm_year + 1900);
	return 0;
}
