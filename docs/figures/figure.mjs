// What make does with a live figure.
//   node figure.mjs pack NAME NAME.wasm SOURCE...   the script that a page loads: the program, the sources it steps through, and its still
import { readFileSync } from "node:fs";
import "../_static/figure-program.js";
import "../_static/figure-markup.js";

const { Program, still } = globalThis.ManulFigure;

function pack(name, wasm, sources) {
	const bytes = readFileSync(wasm), program = new Program(bytes);
	const packed = {
		wasm: bytes.toString("base64"),
		sources: Object.fromEntries(sources.map((path) => [path, readFileSync(path, "utf-8").split("\n")])),
		still: still(program, 720),
	};
	return `(window.MANUL_FIGURES ??= {})[${JSON.stringify(name)}] = ${JSON.stringify(packed)};\n`;
}

const [what, name, wasm, ...sources] = process.argv.slice(2);
if (what !== "pack" || !wasm) {
	console.error("usage: figure.mjs pack NAME NAME.wasm SOURCE...");
	process.exit(2);
}
process.stdout.write(pack(name, wasm, sources));
