#pragma once
#include <stdbool.h>
/* Two folders: what is in both is compared by a diff of its own, with the same options. */
bool is_folder(const char *path);
/* argv[at], argv[at + 1]: the folders; before them the options. The status. */
int compare_folders(char **argv, int at);
