// node browser.mjs HTML-FOLDER [PICTURE.png]: use the machine's page in Chromium, from http and from a file. An error of a script, or a request to
// anywhere else, is a failure.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, resolve } from "node:path";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const base = resolve(process.argv[2]);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const server = createServer((request, response) => {
  if (request.url === "/favicon.ico") return response.writeHead(204).end();
  const file = resolve(base, "." + decodeURIComponent(new URL(request.url, "http://x").pathname));
  if (!file.startsWith(base) || !existsSync(file)) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(readFileSync(file));
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const roots = { http: `http://127.0.0.1:${server.address().port}`, file: `file://${base}` };
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"] });
const HANG = 90000;

async function withPage(root, options, use) {
  const context = await browser.newContext(options), page = await context.newPage(), wrong = [];
  page.on("pageerror", (e) => wrong.push(e.message));
  page.on("console", (m) => { if (m.type() === "error") wrong.push(m.text()); });
  page.on("request", (r) => { if (!/^(file:|data:|blob:|http:\/\/127\.0\.0\.1:)/.test(r.url())) wrong.push(`outside: ${r.url()}`); });
  page.setDefaultTimeout(HANG);
  await page.goto(`${root}/ch/try.html`);
  await use(page);
  assert.deepEqual(wrong, []);
  await context.close();
}

const screen = (page) => page.evaluate(() => {
  const buffer = document.querySelector(".machine").machine.terminal?.buffer.active ?? { length: 0 }, lines = [];
  for (let i = 0; i < buffer.length; i++) lines.push(buffer.getLine(i).translateToString(true));
  return lines.join("\n");
});
async function shows(page, pattern) {
  for (const end = Date.now() + HANG; !pattern.test(await screen(page));) {
    assert.ok(Date.now() < end, `no ${pattern} in:\n${await screen(page)}`);
    await page.waitForTimeout(50);
  }
}

/* Init's address space and page tables, by the keyboard alone: what /proc says of it. */
async function lookInside(page, machine) {
  const unfold = async (name) => { await machine.locator(".machine-pane > summary", { hasText: name }).focus(); await page.keyboard.press("Enter"); };
  await unfold("Address space");
  await unfold("Page tables");
  await machine.getByLabel("Process:").selectOption("1");
  await page.locator(".xterm-helper-textarea").focus();
  await page.keyboard.type("\n\ncat /proc/1/maps\n");
  await shows(page, /\[sigtramp\]\n/);
  const maps = [...(await screen(page)).matchAll(/^([0-9a-f]+)-[0-9a-f]+ ([r-][w-][x-])p/gm)].map((m) => `0x${m[1].replace(/^0+/, "")} ${m[2]}`);
  const rows = await machine.locator(".machine-scroll tbody tr").evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent)));
  assert.deepEqual(rows.filter((r) => r[4] !== "hole").map((r) => `${r[0].split(" ")[0]} ${r[2]}`), maps);
  assert.ok(rows.some((r) => r[4] === "hole" && r[1] === "64 GiB"), JSON.stringify(rows));
  // Level 2 is open; down to the leaves of the program, and they stay unfolded while the machine runs on.
  const tables = machine.locator(".machine-tables");
  assert.equal(await tables.locator("details").first().getAttribute("open"), "");
  assert.equal(await tables.getByText("0x10000 –").count(), 0);
  await tables.locator("summary", { hasText: "Level 1" }).first().focus();
  await page.keyboard.press("Enter");
  await tables.locator("summary", { hasText: "Level 0" }).first().focus();
  await page.keyboard.press("Enter");
  assert.match(await tables.locator("div", { hasText: "0x10000 –" }).last().textContent(), /R-XU-A-  \d+ × 4 KiB, frames /);
  const drawn = () => page.evaluate(() => document.querySelector(".machine").machine.epoch);
  const before = await drawn();
  await page.waitForFunction((n) => document.querySelector(".machine").machine.epoch > n + 40, before);
  assert.equal(await tables.getByText("0x10000 –").count(), 1);
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^Level 0/);
}

/* A command has a button: it runs, the frames change hands; another one stops it. */
async function pressButtons(page, machine, button) {
  const seen = () => machine.locator(".machine-frames li").allTextContents(), before = await seen();
  await button("allocstress").click();
  await page.waitForFunction(() => / allocstress$/.test([...document.querySelector(".machine-inside select").options].at(-1).textContent));
  await page.waitForFunction((was) => [...document.querySelectorAll(".machine-frames li")].map((n) => n.textContent).join() !== was, before.join());
  await button("Ctrl-C").click();
  await page.waitForFunction(() => / sh$/.test([...document.querySelector(".machine-inside select").options].at(-1).textContent));
}

/* In both themes, and on a phone. The terminal draws its own colours. */
async function readable(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const violations = await page.evaluate(() => axe.run({ include: [".machine"], exclude: [".machine-screen"] }, { runOnly: ["color-contrast"] }));
    assert.deepEqual(violations.violations.map((v) => `${colorScheme}: ${v.nodes[0].html}`), []);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 360, `${width} pixels wide on a phone`);
  await page.setViewportSize({ width: 1280, height: 900 });
}

/* A part that is missing, or not what it should be: the transcript is there, and why; and Start still works when the part is. */
async function broken(name, answer, why) {
  const context = await browser.newContext(), page = await context.newPage(), wrong = [];
  page.on("pageerror", (e) => wrong.push(e.message));
  page.setDefaultTimeout(HANG);
  await page.route(`**/${name}`, (route) => (answer === null ? route.abort() : route.fulfill({ contentType: "text/javascript", body: answer })));
  await page.goto(`${roots.http}/ch/try.html`);
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.waitForSelector('.machine[data-state="failed"]');
  assert.match(await page.getByRole("alert").textContent(), why);
  assert.ok(await page.locator(".machine-still").isVisible());
  assert.ok(!await page.locator(".machine-screen").isVisible() && !await page.locator(".machine-inside").isVisible());
  if (answer === null) {
    await page.unroute(`**/${name}`);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.waitForSelector('.machine[data-state="running"]');
    assert.ok(!await page.getByRole("alert").isVisible() && !await page.locator(".machine-still").isVisible());
  }
  assert.deepEqual(wrong, []);
  await context.close();
}

await broken("image.js", null, /does not run here: image\.js is missing/);
await broken("rv.wasm.js", "globalThis.RV_WASM = 'AAAA';", /does not run here: /);
await broken("image.js", "globalThis.RV_IM", /does not run here: image\.js is missing/);
console.log("ok broken: the transcript, and why");
for (const [scheme, root] of Object.entries(roots)) {
  await withPage(root, {}, async (page) => {
    const machine = page.locator(".machine"), button = (name) => machine.getByRole("button", { name, exact: true });
    assert.match(await machine.locator(".machine-still").textContent(), /manul:\/\$ free/);
    const began = Date.now(), uboot = machine.getByLabel("through U-Boot");
    assert.ok(!await page.evaluate(() => globalThis.RV_IMAGE || globalThis.RV_UBOOT), "loaded before anybody asked");
    if (scheme === "file") await uboot.check();
    await button("Start").focus();
    await page.keyboard.press("Enter");
    await shows(page, /manul:\/\$/);
    const prompt = Date.now() - began;
    await page.keyboard.type("echo hel''lo\n");
    await shows(page, /^hello$/m);
    if (scheme === "file") {
      assert.match(await screen(page), /^U-Boot [^]*Retrieving file: \/boot\/Image[^]*Starting kernel/m);
      await page.keyboard.type("poweroff\n");
      await page.waitForSelector('.machine[data-state="off"]');
      console.log(`ok ${scheme}: prompt after ${prompt} ms; through U-Boot; used, switched off`);
      return;
    }
    await page.keyboard.type("allocstress --waves 100; seq 200000 | wc -l\n");
    await shows(page, /100 waves without failure/);
    await shows(page, /^ *200000$/m);
    const said = await machine.getByRole("status").first().textContent();
    await button("Stop").click();
    await page.waitForSelector('.machine[data-state="stopped"]');
    const count = () => page.evaluate(() => document.querySelector(".machine").machine.vm.stats.instructions);
    const before = await count();
    await button("Continue").click();
    await page.waitForFunction((n) => document.querySelector(".machine").machine.vm.stats.instructions > n, before);
    // The picture counts what free says, to a few percent: it is drawn a moment apart.
    await page.waitForFunction(() => /Zone .*Normal: \d+ of \d+ frames free/.test(document.querySelector(".machine-frames p").textContent));
    const zones = await machine.locator(".machine-frames p").textContent();
    const free = [...zones.matchAll(/: (\d+) of/g)].reduce((sum, m) => sum + Number(m[1]), 0);
    await page.locator(".xterm-helper-textarea").focus();
    await page.keyboard.type("free\n");
    await shows(page, /Mem: +64\d\d\d/);
    const kib = Number(/Mem: +\d+ +\d+ +(\d+)/.exec(await screen(page))[1]);
    assert.ok(Math.abs(kib / 4 - free) < 400, `the picture has ${free} free frames, free says ${kib} KiB`);
    // Out of the terminal by the keyboard.
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => !document.activeElement.matches(".xterm-helper-textarea")));
    await lookInside(page, machine);
    await pressButtons(page, machine, button);
    await page.evaluate(axe);
    const violations = await page.evaluate(() => axe.run(".machine", { rules: { "color-contrast": { enabled: false } } }));
    assert.deepEqual(violations.violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
    await readable(page);
    if (process.argv[3]) await machine.screenshot({ path: process.argv[3] });
    await button("Reset").click();
    await page.waitForFunction(() => document.querySelector(".machine").dataset.state === "running");
    await shows(page, /manul:\/\$/);
    console.log(`ok ${scheme}: prompt after ${prompt} ms; ${said}`);
  });
}
await withPage(roots.file, { javaScriptEnabled: false }, async (page) => {
  assert.ok(await page.locator(".machine-still").isVisible());
  assert.equal(await page.locator(".machine button").count(), 0);
  console.log("ok without JavaScript: the transcript");
});
await browser.close();
server.close();
