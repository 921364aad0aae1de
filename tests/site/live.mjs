// node live.mjs FOLDER: each live figure in FOLDER (packed, NAME.js), without a browser. Prints a line for each, and fails if one fails.
// Random wishes must leave what must hold, the same wishes must lead to the same screen, and looking at a line must change nothing.
import { readFileSync, readdirSync } from "node:fs";
import assert from "node:assert/strict";
import "../../docs/_static/figure.js";

const { Program, markup, words } = globalThis.ManulFigure;
const folder = process.argv[2];
const ROUNDS = 300;

// What achieves each figure's task: actions and their arguments.
const SOLUTIONS = {
	buddy: [[0, 0], [0, 6]],
	fork: [[2, 0], [0, 0], [2, 16], [2, 0]],
	frames: [[4, 0]],
	heaps: [[1, 60], [0, 64]],
	holes: [[3, 0]],
	ledgers: [[5, 1], [4, 0], [4, 0], [4, 0]],
	segfit: [[0, 100], [0, 100], [0, 100], [1, 48], [0, 100]],
	slab: [[2, 20], [2, 20], ...Array.from({ length: 40 }, (_, i) => [1, i]), [3, 0], [4, 0]],
	txn: [[1, 3]],
	walk: [[0, 5], [1, 5]],
	"walk-aarch64": [[0, 5], [1, 5]],
};

function load(name) {
	globalThis.window = {};
	(0, eval)(readFileSync(`${folder}/${name}.js`, "utf-8"));
	return window.MANUL_FIGURES[name];
}

function random(seed) {
	return (n) => {
		seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
		return (seed >> 8) % n;
	};
}

// What a reader could do now: the buttons, and the cells that can be pressed.
function wishes(program, rnd) {
	const out = [];
	for (const row of program.text(program.x.controls()).split("\n").filter(Boolean)) {
		const [kind, action, rest] = words(row, 2), [, ...more] = rest.split("|");
		const [, min, max] = more.map(Number);
		out.push([+action, kind === "number" ? min + rnd(max - min + 1) : kind === "choice" ? rnd(more.length) : 0]);
	}
	for (const row of program.screen().rows.filter((r) => r.startsWith("press "))) {
		const [, , , action, arg] = words(row, 5);
		out.push([+action, +arg]);
	}
	return out;
}

const fault = (program) => {
	const at = program.x.check();
	return at ? program.text(at) : "";
};

function test(name) {
	const packed = load(name), bytes = Buffer.from(packed.wasm, "base64"), program = new Program(bytes), rnd = random(1);
	assert.ok(bytes.length <= 65536, `${bytes.length} bytes of wasm`);
	assert.equal(packed.still, markup(program.screen(), 720), "the still is the first screen");
	let lines = 0;
	for (let i = 0; i < ROUNDS; i++) {
		const all = wishes(program, rnd), [action, arg] = all[rnd(all.length)];
		program.act(action, arg);
		lines += program.lines.length;
		assert.equal(fault(program), "", `round ${i}: ${action} ${arg}`);
		if (program.lines.length && i % 10 === 0) {
			const before = JSON.stringify(program.screen());
			for (const k of [0, rnd(program.lines.length), program.lines.length - 1]) {
				const { file, line } = program.lines[k];
				assert.ok(packed.sources[file][line - 1].trim(), `${file}:${line} is a line of code`);
				assert.ok(markup(program.screenAt(k), 360).length > 0);
			}
			assert.equal(JSON.stringify(program.screen()), before, "looking changes nothing");
		}
	}
	const end = JSON.stringify(program.screen()), history = program.history;
	program.replay(history);
	assert.equal(JSON.stringify(program.screen()), end, "the same wishes lead to the same screen");
	assert.ok(lines > 0, "no line was seen to run");
	program.replay([]);
	assert.match(program.screen().rows.join("\n"), /^task 0 /m, "the task is not achieved at the start");
	program.replay(SOLUTIONS[name]);
	assert.match(program.screen().rows.join("\n"), /^task 1 /m, "the task can be achieved");
	return lines;
}

const names = readdirSync(folder).filter((f) => f.endsWith(".js")).map((f) => f.slice(0, -3));
assert.deepEqual(names.sort(), Object.keys(SOLUTIONS).sort());
let failed = 0;
for (const name of names) {
	try {
		console.log(`ok ${name}: ${ROUNDS} operations, ${test(name)} lines`);
	} catch (e) {
		failed++;
		console.log(`FAILED ${name}: ${e.stack}`);
	}
}
process.exit(failed ? 1 : 0);
