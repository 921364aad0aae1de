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
  const buffer = document.querySelector(".machine").machine.terminal.buffer.active, lines = [];
  for (let i = 0; i < buffer.length; i++) lines.push(buffer.getLine(i).translateToString(true));
  return lines.join("\n");
});
async function shows(page, pattern) {
  for (const end = Date.now() + HANG; !pattern.test(await screen(page));) {
    assert.ok(Date.now() < end, `no ${pattern} in:\n${await screen(page)}`);
    await page.waitForTimeout(50);
  }
}

for (const [scheme, root] of Object.entries(roots)) {
  await withPage(root, {}, async (page) => {
    const machine = page.locator(".machine"), button = (name) => machine.getByRole("button", { name, exact: true });
    assert.match(await machine.locator(".machine-still").textContent(), /manul:\/\$ free/);
    const began = Date.now();
    await button("Start").focus();
    await page.keyboard.press("Enter");
    await shows(page, /manul:\/\$/);
    const prompt = Date.now() - began;
    await page.keyboard.type("echo hel''lo\n");
    await shows(page, /^hello$/m);
    if (scheme === "file") {
      await page.keyboard.type("poweroff\n");
      await page.waitForSelector('.machine[data-state="off"]');
      console.log(`ok ${scheme}: prompt after ${prompt} ms; used, switched off`);
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
    await page.evaluate(axe);
    const violations = await page.evaluate(() => axe.run(".machine", { rules: { "color-contrast": { enabled: false } } }));
    assert.deepEqual(violations.violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
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
