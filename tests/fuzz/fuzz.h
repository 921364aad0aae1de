#pragma once
/* A fuzz target is a host test whose random choices come from the fuzzer's input: rnd_from(). So it looks for sequences that reach code
 * which the random ones do not, against the same naive models. The file includes the test whole (its main is called test_main), and then
 * this, and defines fuzz_once(). What crashes it is written to a file; the program runs just that when given the file's name. */

static void fuzz_once(void);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nbytes)
{
	rnd_from(bytes, nbytes);
	fuzz_once();
	world_end();
	return 0;
}
