#pragma once
/* The kernel's messages: syslog(2). op 3: read all into buf of n bytes, 4: and clear them, 10: how many bytes there may be. */
int klogctl(int op, char *buf, int n);
