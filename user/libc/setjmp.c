/* The part of setjmp that is not the machine's: the signals that are blocked. */
#include <setjmp.h>

int setjmp_mask(jmp_buf to, int mask);		/* what sigsetjmp() ends with */
_Noreturn void jump(jmp_buf to, int value);	/* the machine's */

int setjmp_mask(jmp_buf to, int mask)
{
	to->has_mask = mask;
	if (mask)
		sigprocmask(SIG_BLOCK, NULL, &to->mask);
	return 0;
}

_Noreturn void siglongjmp(sigjmp_buf to, int value)
{
	if (to->has_mask)
		sigprocmask(SIG_SETMASK, &to->mask, NULL);
	jump(to, value ? value : 1);
}

_Noreturn void longjmp(jmp_buf to, int value) { siglongjmp(to, value); }
