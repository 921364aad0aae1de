#pragma once
/* Memory pressure, and the cat's opinion of it. Pressure is the used share of RAM in percent. */
enum level { LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH, LEVEL_CRITICAL };
enum level level_of(unsigned percent);
const char *level_name(enum level level);
/* The face for a prompt; `beat` counts up and lets it move a little. */
const char *cat_face(enum level level, unsigned beat);
/* What it does, for people who cannot see it. */
const char *cat_does(enum level level);
