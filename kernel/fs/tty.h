#pragma once
struct file_ops;
/* The console as a terminal: tty.c. */
extern const struct file_ops tty_ops;
