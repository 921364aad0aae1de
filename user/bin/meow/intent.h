#pragma once
#include <stdbool.h>
#include <stddef.h>
/* What a question is about, by its words. No grammar: of the rules all of whose words are there, the one with the most has it. */

enum intent {
	INTENT_NONE, INTENT_HELLO, INTENT_HELP, INTENT_HEALTH, INTENT_HOLES, INTENT_FRAME, INTENT_DID, INTENT_FAIL, INTENT_TOP,
	INTENT_WHY_PRESSURE, INTENT_EXPLAIN, INTENT_PROCESS, INTENT_MEMORY, INTENT_KNOBS,
};

enum { WORD_BYTES = 24 };

/* Names that this machine has, with blanks between and at both ends: texts there are, programs that run. */
struct lexicon { const char *topics, *programs; };

struct question {
	enum intent intent;
	bool has_number;
	unsigned long number;		/* the first in it: decimal, or hexadecimal with 0x */
	char subject[WORD_BYTES];	/* of explain, the text's name, or a word that there is no text on; of did the program; or "" */
	char program[WORD_BYTES];	/* the first word that names a program that runs, or "" */
	char typed[WORD_BYTES], read[WORD_BYTES];	/* a word that nothing knows, and the known one it was taken for; or "" */
};

/* line is UTF-8; case does not matter, nor does a slip in a long word. */
void intent_of(const char *line, const struct lexicon *lex, struct question *out);
