#pragma once
#include <stdbool.h>
#include <stddef.h>
/* What a question is about, by its words. No grammar: the intent most of whose words are there has it. */

enum intent {
	INTENT_NONE, INTENT_HELLO, INTENT_HELP, INTENT_WHY_PRESSURE, INTENT_EXPLAIN, INTENT_HOLES, INTENT_FRAME, INTENT_DID, INTENT_TOP,
	INTENT_HEALTH, INTENT_KNOBS,
};

struct question {
	enum intent intent;
	bool has_number;
	unsigned long number;	/* the first in it: decimal, or hexadecimal with 0x */
	char subject[24];	/* the word that explain or did is about; "": none was found */
};

/* line is UTF-8; case does not matter. */
void intent_of(const char *line, struct question *out);
