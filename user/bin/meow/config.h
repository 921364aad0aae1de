#pragma once
#include <stdbool.h>
#include <stddef.h>
/* What /etc/meow/config may say: lines of key=value, empty lines and lines that begin with # aside. */

struct config {
	enum provider { PROVIDER_TUTOR, PROVIDER_ECHO } provider;
	char watch[32];		/* what the live pane shows at first, as after /watch */
	unsigned pace;		/* bytes of an answer for each frame; 0: all at once */
	unsigned limit;		/* tokens that the scroll-back is said to hold, in thousands */
	bool color;
};

void config_defaults(struct config *c);
struct config_error { char text[96]; };
/* Take one line of n bytes, without its newline. False: why says what is wrong, and c is as it was. */
bool config_line(struct config *c, const char *line, size_t n, struct config_error *why);
const char *config_provider_name(enum provider p);
