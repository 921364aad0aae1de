// What make does with a live figure.
//   node figure.mjs NAME SOURCE...   the script that a page loads: the program, the sources it steps through, and its still; and of the
//                                    reference, if there is one (tools/figure_reference.sh) and its program is another, the same
import { existsSync, readFileSync } from "node:fs";
import "../_static/figure-program.js";
import "../_static/figure-markup.js";

const { Program, still } = globalThis.ManulFigure;
const REFERENCE = "build/reference";

// From the tree at root.
function pack(root, name, sources) {
	const lines = sources.filter((path) => existsSync(`${root}/${path}`)).map((path) => [path, readFileSync(`${root}/${path}`, "utf-8").split("\n")]);
	return { wasm: readFileSync(`${root}/build/figures/${name}.wasm`).toString("base64"), sources: Object.fromEntries(lines) };
}

const [name, ...sources] = process.argv.slice(2);
if (!sources.length) {
	console.error("usage: figure.mjs NAME SOURCE...");
	process.exit(2);
}
const packed = pack(".", name, sources), commit = readFileSync(`${REFERENCE}/is`, "utf-8").trim();
packed.still = still(new Program(Buffer.from(packed.wasm, "base64")), 720);
if (commit) {
	const reference = pack(`${REFERENCE}/tree`, name, sources);
	if (reference.wasm !== packed.wasm) packed.reference = { commit, ...reference };
}
process.stdout.write(`(window.MANUL_FIGURES ??= {})[${JSON.stringify(name)}] = ${JSON.stringify(packed)};\n`);
