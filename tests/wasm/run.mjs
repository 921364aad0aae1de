// node run.mjs test.wasm: run the self test of world.c, and say what it logged if it fails.
import { readFileSync } from 'node:fs';

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), {});
const { self_test, log_text, memory } = instance.exports;

function text() {
	const bytes = new Uint8Array(memory.buffer, log_text());
	return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}

let line;
try {
	line = self_test();
} catch (e) {
	line = e.message;
}
if (line !== 0) {
	console.error(`${process.argv[2]}: world.c: ${line}: ${text()}`);
	process.exit(1);
}
console.log(`${process.argv[2]}: the self test passed`);
