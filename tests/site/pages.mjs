// node pages.mjs FOLDER [PART]: the book's pages, or those whose name holds PART, in a browser, from file:// and over http. Ends "N passed, N failed".
// Every page: no script error, no request that fails or leaves the machine, no accessibility violation (WCAG 2.2 AA) in light or dark, nothing
// wider than a phone. Then the figures, by mouse and by keyboard.
import { createServer } from "node:http";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

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

for (const [scheme, root] of Object.entries(roots)) {
	await test(`${scheme}: buddy splits, and shows the line`, `${root}ch/buddy.html`, {}, async (page) => {
		const figure = page.locator('[data-figure="buddy"]');
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
		await button(figure, "Allocate").focus();
		await page.keyboard.press("Enter");
		await order.fill("6");
		await button(figure, "Allocate").focus();
		await page.keyboard.press("Enter");
		assert.equal(await figure.locator(".fig-task.done").count(), 1);
		await figure.locator("g[data-action]").first().focus();
		await page.keyboard.press("Enter");
		assert.match(await said(figure), /merges/);
	});
	await test(`${scheme}: what was done stands in the address`, `${root}ch/faults.html#fork=2.0,0.0,2.16`, {}, async (page) => {
		const figure = page.locator('[data-figure="fork"]');
		assert.match(await said(figure), /a copy was made/);
		await button(figure, "Reset").click();
		assert.equal(new URL(page.url()).hash, "");
	});
	await test(`${scheme}: a figure whose program is missing keeps its still`, `${root}ch/buddy.html`, {}, async (page) => {
		await page.addInitScript(() => Object.defineProperty(window, "MANUL_FIGURES", { get: () => undefined, set: () => {} }));
		await page.goto(`${root}ch/slab.html`);
		const figure = page.locator('[data-figure="slab"]');
		assert.equal(await figure.getAttribute("data-ready"), "failed");
		assert.match(await figure.getByRole("alert").textContent(), /does not run/);
		assert.match(await figure.textContent(), /The cache has no slab yet/);
	});
	await test(`${scheme}: without script the still is there, and every explanation`, `${root}ch/buddy.html`, { javaScriptEnabled: false }, async (page) => {
		assert.ok(await page.locator('[data-figure="buddy"] svg').isVisible());
		assert.ok(await page.locator(".choice .why").first().isVisible());
	});
	await test(`${scheme}: a quiz answers`, `${root}ch/buddy.html`, {}, async (page) => {
		await page.getByRole("radio", { name: "frames 16 to 23" }).check();
		assert.match(await page.locator(".quiz-out").first().textContent(), /No/);
		await page.getByRole("radio", { name: "frames 0 to 7" }).check();
		assert.match(await page.locator(".quiz-out").first().textContent(), /Right/);
	});
}

console.log(`${passed} passed, ${failed} failed`);
await browser.close();
server.close();
process.exit(failed ? 1 : 0);
