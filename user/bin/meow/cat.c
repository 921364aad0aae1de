/* See cat.h. */
#include "cat.h"

enum level level_of(unsigned percent)
{
	return percent < 60 ? LEVEL_LOW : percent < 80 ? LEVEL_MEDIUM : percent < 95 ? LEVEL_HIGH : LEVEL_CRITICAL;
}

const char *level_name(enum level level)
{
	static const char *const names[] = { "Low", "Medium", "High", "Critical" };
	return names[level];
}

const char *cat_face(enum level level, unsigned beat)
{
	static const char *const faces[][2] = {
		{ "(=-.-=) ", "(=-.-=)z" }, { "(=^..^=)", "(=^..^=)" }, { "(=^..^=)/", "(=^..^=)~" }, { "(=>_<=)!", "(=>o<=)!" },
	};
	return faces[level][beat & 1];
}

const char *cat_does(enum level level)
{
	static const char *const does[] = { "is asleep", "is awake", "has its tail up", "hisses" };
	return does[level];
}
