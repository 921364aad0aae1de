// node depart.mjs FILE OPERATIONS: where the figure in FILE departs from its reference, as JSON: after these operations ([[action, arg], ...]),
// and after what a search found.
import { readFileSync } from "node:fs";
import "../../docs/_static/figure-program.js";
import "../../docs/_static/figure-markup.js";
import "../../docs/_static/figure-compare.js";

const { Program, Twins, departure } = globalThis.ManulFigure;
const [, , file, operations] = process.argv;
globalThis.window = {};
(0, eval)(readFileSync(file, "utf-8"));
const [packed] = Object.values(window.MANUL_FIGURES);
const load = ({ wasm, sources }) => ({ program: new Program(Buffer.from(wasm, "base64")), sources });
const told = (twins) => twins.departed && { ...twins.departed, lines: twins.departed.lines?.map(({ file, line }) => `${file}:${line}`),
	sentence: departure(twins, packed.reference.commit, undefined, 720).replace(/<\/p>.*/s, "").replace(/<[^>]*>/g, "") };

if (!packed.reference) {
	console.log(JSON.stringify({ reference: null }));
} else {
	const twins = new Twins(load(packed), load(packed.reference));
	twins.replay(JSON.parse(operations));
	const departed = told(twins), found = twins.search();
	console.log(JSON.stringify({ reference: packed.reference.commit, departed, found, found_departed: told(twins) }));
}
