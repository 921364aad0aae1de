/* May be included again, with NDEBUG or without. */
#undef assert
#ifdef NDEBUG
#define assert(e) ((void)0)
#else
_Noreturn void assert_failed(const char *file, int line, const char *what);
#define assert(e) ((e) ? (void)0 : assert_failed(__FILE__, __LINE__, #e))
#endif
#undef static_assert
#define static_assert _Static_assert
