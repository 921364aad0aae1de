#pragma once
#include "tools.h"
/* Texts of /etc/meow/NAME.txt, with live figures in them:
 *
 *	{meminfo:KEY}  a size of /proc/meminfo	{vmstat:KEY}  a count of /proc/vmstat	{knob:NAME}  the text of /proc/sys/vm/NAME
 *	{view:NAME}    what /watch NAME draws	{percent} {level}  pressure	{memck}  what it finds now
 *	{processes} {faults} {cpus}  how many: faults of the processes that run	{largest} {scattered}  the largest run of free memory, and how much
 *	of all that is free is not in such runs
 *
 * Lines are joined to paragraphs; an empty line ends one, and a line that begins with a blank or a view stands alone. */

/* Says the text on that subject, plural or not. False: there is none. */
bool topic_say(struct meow *m, const char *subject);
/* Says which there are. */
void topic_list(struct meow *m);
