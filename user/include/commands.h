#pragma once
/* Commands that are programs of their own and are done by the shell as well. argv[0] is their name; the exit status. */
int cmd_echo(int argc, char **argv);
int cmd_printf(int argc, char **argv);	/* 1: an argument is no number */
int cmd_test(int argc, char **argv);	/* 0 true, 1 false, 2 not understood */
