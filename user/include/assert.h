#pragma once
_Noreturn void assert_failed(const char *file, int line, const char *what);
#define assert(e) ((e) ? (void)0 : assert_failed(__FILE__, __LINE__, #e))
