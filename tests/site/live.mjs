// node live.mjs FOLDER: each live figure in FOLDER (packed, NAME.js), without a browser. Prints a line for each, and fails if one fails.
// Random wishes must leave what must hold, the same wishes must lead to the same screen, and looking at a line must change nothing.
import { readFileSync, readdirSync } from "node:fs";
import assert from "node:assert/strict";
import "../../docs/_static/figure-program.js";
import "../../docs/_static/figure-markup.js";
import { SOLUTIONS } from "./solutions.mjs";

const { Program, escape, markup, still } = globalThis.ManulFigure;
const folder = process.argv[2];
const ROUNDS = 300, WASM_MAX = 65536;

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

const fault = (program) => {
	const at = program.x.check();
	return at ? program.text(at) : "";
};
const state = (program) => JSON.stringify([program.screen(), program.fingerprint()]);
const tasks = (program) => program.screen().rows.filter((row) => row.startsWith("task "));

// What takes how long is told, and judged by nobody.
const times = { operation: [], line: [] };
function timed(what, fn) {
	const start = performance.now();
	fn();
	times[what].push(performance.now() - start);
}
const told = (ms) => {
	const sorted = [...ms].sort((a, b) => a - b);
	return `${sorted[sorted.length >> 1].toFixed(2)} ms (at most ${sorted.at(-1).toFixed(2)})`;
};

// The operations in the question decide it, and can be seen; asking twice gives the same, and changes nothing.
function question(program, packed) {
	const q = program.question, before = state(program), answer = program.answer();
	assert.ok(Number.isInteger(answer.value) && answer.value >= q.min && answer.value <= q.max, `${answer.value} is no answer`);
	assert.ok(q.max > q.min && answer.label && answer.why.length > 20, "the answer is told, with why");
	assert.deepEqual(program.answer(), answer);
	assert.equal(state(program), before, "asking changes nothing");
	assert.ok(packed.still.includes(escape(q.sentence)), "without script the question stands there");
	program.replay(q.steps);
	assert.equal(fault(program), "");
	assert.ok(q.steps.length > 0 && program.lines.length > 0, "what decides it can be stepped through");
	assert.deepEqual(tasks(program).filter((row) => row.startsWith("task 1")), [], "the task is not achieved by predicting");
	program.begin();
}

function lookAround(program, packed, rnd) {
	const before = state(program);
	for (const k of [0, rnd(program.lines.length), program.lines.length - 1]) {
		const { file, line } = program.lines[k];
		assert.ok(packed.sources[file][line - 1].trim(), `${file}:${line} is a line of code`);
		timed("line", () => assert.ok(markup(program.screenAt(k), 360, false).length > 0));
	}
	assert.equal(state(program), before, "looking changes nothing");
}

function test(name) {
	const packed = load(name), bytes = Buffer.from(packed.wasm, "base64"), program = new Program(bytes), rnd = random(1);
	assert.ok(bytes.length <= WASM_MAX, `${bytes.length} bytes of wasm`);
	assert.equal(packed.still, still(program, 720), "the still is the first screen");
	assert.doesNotMatch(packed.still, /tabindex|<form|<button/, "nothing can be pressed without script");
	question(program, packed);
	let lines = 0;
	for (let i = 0; i < ROUNDS; i++) {
		const all = program.wishes(rnd), [action, arg] = all[rnd(all.length)];
		timed("operation", () => {
			program.act(action, arg);
			markup(program.screen(), 720, true);
		});
		lines += program.lines.length;
		assert.equal(program.stopped, undefined, `round ${i}: ${action} ${arg}`);
		assert.equal(fault(program), "", `round ${i}: ${action} ${arg}`);
		if (program.lines.length && i % 10 === 0) lookAround(program, packed, rnd);
	}
	const end = state(program), history = program.history;
	program.replay(history);
	assert.equal(state(program), end, "the same wishes lead to the same state");
	assert.ok(lines > 0, "no line was seen to run");
	program.replay([]);
	assert.ok(tasks(program).length > 0 && tasks(program).every((row) => row.startsWith("task 0 ")), "no task is achieved at the start");
	program.replay(SOLUTIONS[name]);
	assert.ok(tasks(program).every((row) => row.startsWith("task 1 ")), `the tasks can be achieved: ${tasks(program)}`);
	return `${ROUNDS} operations, ${lines} lines, ${bytes.length} bytes`;
}

const names = readdirSync(folder).filter((f) => f.endsWith(".js")).map((f) => f.slice(0, -3));
assert.deepEqual(names.sort(), Object.keys(SOLUTIONS).sort());
let failed = 0;
for (const name of names) {
	try {
		console.log(`ok ${name}: ${test(name)}`);
	} catch (e) {
		failed++;
		console.log(`FAILED ${name}: ${e.stack}`);
	}
}
console.log(`an operation and its screen: ${told(times.operation)}; the screen before a line: ${told(times.line)}`);
process.exit(failed ? 1 : 0);
