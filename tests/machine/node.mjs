// node node.mjs FOLDER: boot the page's machine to its prompt, and use it. Prints what happened; throws if something is missing.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

const folder = process.argv[2], here = fileURLToPath(new URL("../../docs/_static/machine/vm.js", import.meta.url));
for (const path of [here, here.replace("vm.js", "guest.js"), `${folder}/rv.wasm.js`, `${folder}/image.js`]) vm.runInThisContext(readFileSync(path, "utf8"), path);

const began = performance.now();
const machine = await Vm.boot({ wasm: RV_WASM, image: RV_IMAGE, mem: 64, words: process.argv[3] ?? "", seconds: 1767225600 });
let text = "", seen = 0;

/* Run until the pattern was printed, after what was waited for before. A bound in instructions and in rests, not in seconds. */
function until(pattern, most = 4e9, rests = 1000) {
  const limit = machine.stats.instructions + most;
  let found;
  while (!(found = pattern.exec(text.slice(seen)))) {
    if (machine.ended || machine.stats.instructions > limit || !rests) throw new Error(`no ${pattern} in:\n${text.slice(seen).slice(-2000)}`);
    const { printed, waits } = machine.slice(50);
    rests -= waits;
    for (const bytes of printed) text += Buffer.from(bytes).toString("latin1").replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
  }
  seen += found.index + found[0].length;
}

const PROMPT = /manul:\/[^$\n]*\$ /;
until(PROMPT);
const booted = performance.now() - began, boot = machine.stats.instructions;
machine.type("echo hel''lo\r");
until(/\nhello\r?\n/);

// What is looked at from outside is what /proc says from inside: of init, which sleeps meanwhile.
const guest = new Guest(machine), PAGE = 4096n;
machine.type("cat /proc/1/maps /proc/1/status\r");
until(/ZeroPages:\s*\d+\r?\n/);
assert.ok(guest.look());
const init = guest.procs().find((p) => p.pid === 1), tiles = guest.tiles(init.space), regions = tiles.filter((t) => !t.hole);
const said = (name) => Number(new RegExp(`${name}:\\s*(\\d+)`).exec(text)[1]), sum = (list) => list.reduce((a, b) => a + b, 0);
assert.deepEqual(regions.map((t) => `${t.start.toString(16).padStart(8, "0")}-${t.end.toString(16).padStart(8, "0")}`),
  [...text.matchAll(/^([0-9a-f]+-[0-9a-f]+) [r-][w-][x-]p/gm)].map((m) => m[1]));
assert.equal(sum(tiles.filter((t) => t.hole).map((t) => Number((t.end - t.start) / PAGE))), said("HolePages"));
assert.equal(sum(regions.map((t) => t.frames)), said("VmRSS") / 4);
const user = guest.rows(init.space).filter((r) => r.start < 1n << 38n);
assert.equal(user.filter((r) => r.kind === Guest.TABLE).length, said("VmPTE") / 4);
assert.equal(sum(user.filter((r) => r.kind === 1 && !(r.bits & Guest.ZERO)).map((r) => r.count)), said("VmRSS") / 4);
const frames = guest.frames();
assert.equal(frames.length, 64 * 256);
assert.ok(new Set(frames).size >= 7 && Math.max(...frames) === 7);
assert.deepEqual(guest.zones().map((z) => z.name), ["DMA", "Normal"]);

machine.type("allocstress --waves 100\r");
until(/100 waves without failure/);
machine.type("seq 200000 | wc -l\r");
const start = performance.now(), before = machine.stats.instructions;
until(/\n *200000\r?\n/);
const million = (machine.stats.instructions - before) / (performance.now() - start) / 1000;
machine.type("poweroff\r");
while (!machine.ended) machine.slice(50);
console.log(`prompt after ${booted.toFixed(0)} ms and ${(boot / 1e6).toFixed(1)} million instructions; ${million.toFixed(0)} million/s`);
