#pragma once
/* The last part of a path, and what is before it: "a/b/" is "b" in "a". path may be changed, and what is given may lie in it. */
char *basename(char *path);
char *dirname(char *path);
