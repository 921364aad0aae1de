// node pages.mjs FOLDER [PART]: the book's pages, or those whose name holds PART, in a browser, from file:// and over http. Ends "N passed, N failed".
// Every page: no script error, no request that fails or leaves the machine, no accessibility violation (WCAG 2.2 AA) in light or dark, nothing
// wider than a phone. Then the figures, by mouse and by keyboard.
import { createServer } from "node:http";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import "../../docs/_static/figure-program.js";
import { SOLUTIONS } from "./solutions.mjs";

const base = resolve(process.argv[2]), only = process.argv[3] ?? "";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf-8");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".wasm": "application/wasm" };
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const server = createServer((request, response) => {
	const path = join(base, decodeURIComponent(new URL(request.url, "http://x").pathname));
	const found = path.startsWith(base) && existsSync(path);
	response.writeHead(found ? 200 : 404, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
	response.end(found ? readFileSync(path) : "");
}).listen(0, "127.0.0.1");
await new Promise((done) => server.once("listening", done));
const roots = { file: `file://${base}/`, http: `http://127.0.0.1:${server.address().port}/` };
const pages = readdirSync(base, { recursive: true }).filter((f) => f.endsWith(".html") && !f.startsWith("_static") && f.includes(only));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

let passed = 0, failed = 0;
async function test(name, url, options, fn) {
	const context = await browser.newContext(options), page = await context.newPage(), faults = [];
	page.on("pageerror", (e) => faults.push(e.message));
	page.on("requestfailed", (r) => faults.push(`failed: ${r.url()}`));
	page.on("response", (r) => r.status() >= 400 && faults.push(`${r.status()}: ${r.url()}`));
	page.on("request", (r) => /^(file:|data:|blob:|http:\/\/127\.0\.0\.1)/.test(r.url()) || faults.push(`leaves the machine: ${r.url()}`));
	try {
		await page.goto(url);
		await fn(page);
		assert.deepEqual(faults, []);
		passed++;
	} catch (e) {
		failed++;
		console.log(`FAILED ${name}: ${e.message}`);
	}
	await context.close();
}

async function accessible(page) {
	await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
	await page.evaluate(axe);
	const { violations } = await page.evaluate((rules) => axe.run(document, { runOnly: rules, preload: false }), RULES);
	assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`), []);
}

for (const path of pages)
	await test(path, roots.file + path, { viewport: { width: 1280, height: 900 } }, async (page) => {
		for (const node of await page.locator("[data-figure]").all()) assert.equal(await node.getAttribute("data-ready"), "1");
		for (const colorScheme of ["light", "dark"]) {
			await page.emulateMedia({ colorScheme });
			await accessible(page);
		}
		await page.setViewportSize({ width: 360, height: 740 });
		const width = await page.evaluate(() => document.documentElement.scrollWidth);
		assert.ok(width <= 360, `${width} pixels wide on a phone`);
	});

const button = (figure, name) => figure.getByRole("button", { name, exact: true });
const said = (figure) => figure.locator(".fig-said").textContent();
const screenOf = (figure) => figure.locator(".fig-screen").innerHTML();
const hash = (page) => new URL(page.url()).hash;

// The figure's program, as the page has it.
function programOf(name) {
	globalThis.window = {};
	(0, eval)(readFileSync(`${base}/_static/live/${name}.js`, "utf-8"));
	return new globalThis.ManulFigure.Program(Buffer.from(window.MANUL_FIGURES[name].wasm, "base64"));
}

// By keyboard alone: an answer, wrong if wanted; it is returned.
async function predict(page, figure, program, right) {
	const { kind, min, max } = program.question, { value } = program.answer();
	const guess = right ? value : value === max ? min : max;
	if (kind === "number") {
		await figure.getByLabel("Your number").focus();
		await page.keyboard.type(`${guess}`);
		await page.keyboard.press("Enter");
	} else {
		await figure.getByRole("radio").first().focus();
		await page.keyboard.press("Space");
		for (let i = 0; i < guess; i++) await page.keyboard.press("ArrowDown");
		await button(figure, "Predict").focus();
		await page.keyboard.press("Enter");
	}
	return guess;
}

// An operation, by what there is to press for it.
async function operate(figure, program, action, arg) {
	const row = program.controls.find((c) => c.split(" ")[1] === `${action}`);
	if (!row) return figure.locator(`g[data-action="${action}"][data-arg="${arg}"]`).first().click();
	const control = figure.locator(".fig-control").filter({ has: figure.page().locator(`[data-action="${action}"]`) });
	if (/^(number|slider) /.test(row)) await control.locator("input").fill(`${arg}`);
	if (row.startsWith("choice ")) await control.locator("select").selectOption(`${arg}`);
	await control.locator("button").click();
}

async function figureWorks(page, name) {
	const figure = page.locator(`[data-figure="${name}"]`), program = programOf(name), { label } = program.answer();
	assert.ok(!await figure.locator(".fig-bar").isVisible(), "the controls are closed");
	assert.equal(await figure.locator(".fig-screen [data-action]").count(), 0);
	const guess = await predict(page, figure, program, false), verdict = await figure.locator(".fig-verdict").textContent();
	assert.ok(!await figure.locator(".fig-depart").isVisible(), "trees are equal, nothing is compared");
	assert.ok(verdict.startsWith(`You said ${program.question.choices[guess] ?? guess}. Not so: the code says ${label}. `), verdict);
	assert.ok(hash(page).startsWith(`#${name}=p${guess},`));
	assert.ok(await figure.locator("p.fig-ask").evaluate((node) => node === document.activeElement), "the focus is on the answer");

	await figure.getByLabel("Line").focus();
	await page.keyboard.press("Home");
	assert.match(await said(figure), /^Before line 1 of \d+\.$/);
	await button(figure, "Step").press("Enter");
	assert.match(await said(figure), /^(Before line 2 of|.*[^.]\.$)/);
	await page.keyboard.press("Shift+Tab");
	await button(figure, "Back").press("Enter");
	assert.equal(await figure.locator(".fig-now").count(), 1);
	assert.match(hash(page), /@0$/);
	const there = await screenOf(figure);
	await page.reload();
	assert.equal(await screenOf(figure), there, "the address leads to the same line");
	assert.equal(await figure.locator(".fig-verdict").textContent(), verdict);

	await button(figure, "Reset").click();
	for (const [action, arg] of SOLUTIONS[name]) await operate(figure, program, action, arg);
	assert.equal(await figure.locator(".fig-task.done").count(), await figure.locator(".fig-task").count());
	stepTimes[name] = await figure.evaluate(timeOfAStep);
	await page.emulateMedia({ media: "print" });
	assert.ok(await figure.locator(".fig-screen").isVisible() && !await figure.locator("button").first().isVisible());
}

// In the page: looking at a line, laid out, at best and in the median. It is told, and judged by nobody.
function timeOfAStep(node) {
	const { figure } = node, ms = [];
	figure.replay(figure.program.question.steps);
	for (let i = 0; i < 20; i++) {
		const start = performance.now();
		figure.go(Math.floor((i * figure.program.lines.length) / 20));
		node.getBoundingClientRect();
		ms.push(performance.now() - start);
	}
	ms.sort((a, b) => a - b);
	return `${ms[0].toFixed(1)} to ${ms[10].toFixed(1)}`;
}
const stepTimes = {};

const pageOf = (name) => pages.find((path) => readFileSync(join(base, path), "utf-8").includes(`data-figure="${name}"`));
for (const [i, name] of Object.keys(SOLUTIONS).entries())
	if (pageOf(name)) await test(`figure ${name}`, Object.values(roots)[i % 2] + pageOf(name), {}, (page) => figureWorks(page, name));

for (const [scheme, root] of Object.entries(roots)) {
	await test(`${scheme}: buddy splits, and shows the line`, `${root}ch/buddy.html`, {}, async (page) => {
		const figure = page.locator('[data-figure="buddy"]');
		await button(figure, "Show me").click();
		assert.match(await figure.locator(".fig-verdict").textContent(), /^The code says 6\. /);
		assert.equal(hash(page), "#buddy=p,0.0");
		await button(figure, "Reset").click();
		await button(figure, "Allocate").click();
		assert.match(await said(figure), /^Frame 0, order 0: 6 splits/);
		await button(figure, "Back").click();
		assert.match(await figure.locator(".fig-title").last().textContent(), /^mm\/buddy\.c, line \d+$/);
		assert.equal(await figure.locator(".fig-now").count(), 1);
		await button(figure, "Step").click();
		assert.equal(await figure.locator(".fig-now").count(), 0);
		await figure.locator("g[data-action]").first().click();
		assert.match(await said(figure), /^Frame 0 is free: 6 merges/);
		await button(figure, "Undo").click();
		assert.equal(await figure.locator("g[data-action]").count(), 1);
	});
	await test(`${scheme}: the task, by keyboard alone`, `${root}ch/buddy.html`, {}, async (page) => {
		const figure = page.locator('[data-figure="buddy"]'), order = figure.getByLabel("order");
		await predict(page, figure, programOf("buddy"), true);
		assert.match(await figure.locator(".fig-verdict.right").textContent(), /^You said 6\. Right: the code says 6\. /);
		await order.fill("6");
		await order.press("Enter");
		assert.equal(await figure.locator(".fig-task.done").count(), 1);
		await figure.locator("g[data-action]").first().focus();
		await page.keyboard.press("Enter");
		assert.match(await said(figure), /merges/);
	});
	await test(`${scheme}: what was done stands in the address`, `${root}ch/faults.html#fork=2.0,0.0,2.16`, {}, async (page) => {
		const figure = page.locator('[data-figure="fork"]');
		assert.match(await said(figure), /a copy was made/);
		await button(figure, "Reset").click();
		assert.equal(hash(page), "#fork=p");
	});
	await test(`${scheme}: an address that is nobody's does no harm`, `${root}ch/buddy.html#buddy=p6,0.0x,1&buddy=2`, {}, async (page) => {
		const figure = page.locator('[data-figure="buddy"]');
		assert.equal(await figure.getAttribute("data-ready"), "1");
		assert.ok(await button(figure, "Predict").isVisible());
	});
	for (const [fault, get] of [["missing", "() => undefined"], ["broken", '() => ({ slab: { wasm: "AGFzbQEAAAA", sources: {} } })']])
		await test(`${scheme}: a figure whose program is ${fault} keeps its still`, `${root}index.html`, {}, async (page) => {
			await page.addInitScript(`Object.defineProperty(window, "MANUL_FIGURES", { get: ${get}, set: () => {} })`);
			await page.goto(`${root}ch/slab.html`);
			const figure = page.locator('[data-figure="slab"]');
			assert.equal(await figure.getAttribute("data-ready"), "failed");
			assert.match(await figure.getByRole("alert").textContent(), /does not run/);
			assert.match(await figure.textContent(), /Predict first.*The cache has no slab yet/);
		});
	await test(`${scheme}: without script the still is there, and every explanation`, `${root}ch/buddy.html`, { javaScriptEnabled: false }, async (page) => {
		assert.ok(await page.locator('[data-figure="buddy"] svg').isVisible());
		assert.match(await page.locator('[data-figure="buddy"] .fig-ask').textContent(), /^Predict first: .*\?$/);
		assert.ok(await page.locator(".choice .why").first().isVisible());
	});
	await test(`${scheme}: a quiz answers`, `${root}ch/buddy.html`, {}, async (page) => {
		await page.getByRole("radio", { name: "frames 16 to 23" }).check();
		assert.match(await page.locator(".quiz-out").first().textContent(), /No/);
		await page.getByRole("radio", { name: "frames 0 to 7" }).check();
		assert.match(await page.locator(".quiz-out").first().textContent(), /Right/);
	});
}

// DEPARTED: the buddy figure as a reader's changed mm/ makes it, beside the reference.
if (process.env.DEPARTED)
	await test("the reader's allocator beside the reference", `${roots.http}ch/buddy.html#buddy=p`, {}, async (page) => {
		const body = readFileSync(process.env.DEPARTED, "utf-8"), figure = page.locator('[data-figure="buddy"]'), beside = figure.locator(".fig-depart");
		await page.route("**/live/buddy.js", (route) => route.fulfill({ contentType: "text/javascript", body }));
		await page.reload();
		assert.match(await beside.textContent(), /is not that of the reference.*both are in the same state/);
		for (const order of ["0", "3", "0"]) {
			await figure.getByLabel("order").fill(order);
			await button(figure, "Allocate").click();
		}
		for (const at of [0, 1]) await figure.locator(`g[data-arg="${at}"]`).click();
		assert.match(await beside.textContent(), /First differs from the reference, \w+, at step 5 \(pressed, number 1\), in function buddy_free\(\), line \d+ of mm\/buddy\.c/);
		assert.equal(await beside.locator(".fig-now").count(), 2);
		await accessible(page);
		await button(figure, "Undo").click();
		assert.match(await beside.textContent(), /both are in the same state/);
		await button(beside, "Look for a difference").click();
		assert.match(await beside.textContent(), /First differs .* at step 2/);
		assert.equal(hash(page).split(",").length, 3);
	});

async function until(fn) {
	for (const end = Date.now() + 60000; !await fn();) {
		assert.ok(Date.now() < end, `waited for ${fn}`);
		await new Promise((done) => setTimeout(done, 20));
	}
}

// Recordings: played by keyboard, to the end and past it; on paper and without script the last screen.
const casts = pages.filter((path) => readFileSync(join(base, path), "utf-8").includes('class="cast"'));
if (!only) assert.ok(casts.length);
for (const [path, root] of casts.flatMap((path) => Object.values(roots).map((root) => [path, root])))
	await test(`recordings of ${root}${path}`, root + path, {}, async (page) => {
		for (const cast of await page.locator(".cast").all()) {
			assert.ok(!await cast.locator(".cast-still").isVisible());
			const time = () => cast.evaluate((node) => Promise.resolve(node.player.getCurrentTime()));
			const whole = await time();		// what is shown first is the end
			await cast.evaluate((node) => node.player.addEventListener("ended", () => { node.dataset.ended = "1"; }));
			await cast.locator(".ap-wrapper").focus();
			await page.keyboard.press("Space");
			await until(async () => await time() > 0 && await time() < whole);
			await page.keyboard.press("9");
			await until(() => cast.getAttribute("data-ended"));
			assert.ok(whole > 2 && await time() === whole);
		}
		await page.emulateMedia({ media: "print" });
		for (const cast of await page.locator(".cast").all()) {
			assert.ok(await cast.locator(".cast-still").isVisible() && !await cast.locator(".cast-player").isVisible());
			assert.match(await cast.locator(".cast-still").textContent(), /manul:|meow/);
		}
	});
for (const path of casts)
	await test(`recordings of ${path} without script`, roots.file + path, { javaScriptEnabled: false }, async (page) => {
		for (const still of await page.locator(".cast-still").all()) assert.ok(await still.isVisible());
	});

console.log(`ms a step: ${JSON.stringify(stepTimes)}`);
console.log(`${passed} passed, ${failed} failed`);
await browser.close();
server.close();
process.exit(failed ? 1 : 0);
