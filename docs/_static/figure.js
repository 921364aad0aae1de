/* Live figures: loads a program (docs/figures/live/NAME.c over mm/, as wasm), gives it the reader's wishes, and shows its screen. What
 * happens is decided there; here it is only shown, line by line if asked. The same code draws the still pictures, in node. */
(() => {
  "use strict";
  const LINES_MAX = 5000;

  class Stop extends Error {}

  /* A running program. To see the k-th line of an operation, the operation is run again from where it began, and stopped there. */
  class Program {
    constructor(bytes) {
      const env = { fig_line: (file, line) => this.line(file, line) };
      const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env });
      this.x = instance.exports;
      this.top = this.x.__stack_pointer.value;
      this.memory = () => new Uint8Array(this.x.memory.buffer);
      this.begin();
    }
    begin() {
      this.lines = [];
      this.tell = false;
      this.x.start();
      this.history = [];
      this.before = this.memory().slice();
    }
    text(at) {
      const bytes = this.memory();
      return new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)));
    }
    line(file, line) {
      if (!this.tell) return;
      if (this.stopAt !== undefined) {
        if (this.seen++ === this.stopAt) throw new Stop();
      } else if (this.lines.length < LINES_MAX) {
        this.lines.push({ file: this.text(file), line });
      }
    }
    run(action, arg) {
      this.tell = true;
      try {
        this.x.act(action, arg);
      } finally {
        this.tell = false;
        this.x.__stack_pointer.value = this.top;
      }
    }
    act(action, arg) {
      this.before = this.memory().slice();
      this.lines = [];
      this.history.push([action, arg]);
      this.run(action, arg);
    }
    screen() {
      return { rows: this.text(this.x.screen()).split("\n").filter(Boolean), said: this.text(this.x.said_last()).trim() };
    }
    /* The screen as it is before line k of the last operation runs. */
    screenAt(k) {
      const after = this.memory().slice(), [action, arg] = this.history[this.history.length - 1];
      this.memory().set(this.before);
      this.stopAt = k;
      this.seen = 0;
      try {
        this.run(action, arg);
      } catch (e) {
        if (!(e instanceof Stop)) throw e;
      } finally {
        this.stopAt = undefined;
      }
      const screen = this.screen();
      this.memory().set(after);
      return screen;
    }
    replay(history) {
      this.begin();
      for (const [action, arg] of history) this.act(action, arg);
    }
  }

  /* ---- the screen's language (fig.h) to markup ---- */

  const escape = (s) => String(s).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
  const words = (row, n) => {
    const parts = row.split(" ");
    return [...parts.slice(0, n), parts.slice(n).join(" ")];
  };

  function cellOf(row) {
    if (row.startsWith("press ")) {
      const [, length, kind, action, arg, label] = words(row, 5);
      return { length: +length, kind, label, action, arg };
    }
    const [, length, kind, label] = words(row, 3);
    return { length: +length, kind, label };
  }

  /* A row of cells, folded to the width; a cell may go over several rows. */
  function strip(title, cells, width) {
    const H = 34, GAP = 6, total = cells.reduce((n, c) => n + c.length, 0) || 1;
    let columns = total;
    while (columns > 8 && width / columns < 18 && columns % 2 === 0) columns /= 2;
    const unit = width / columns, out = [];
    let at = 0;
    for (const c of cells) {
      let label = c.label;
      const attrs = c.action === undefined ? "" : ` tabindex="0" role="button" aria-label="${escape(c.label)}: press" data-action="${c.action}" data-arg="${c.arg}"`;
      out.push(`<g class="cell"${attrs}><title>${escape(c.label)}</title>`);
      for (let left = c.length; left > 0;) {
        const x = at % columns, y = Math.floor(at / columns) * (H + GAP) + 2, n = Math.min(left, columns - x);
        out.push(`<rect class="${c.kind}" x="${(x * unit + 1).toFixed(1)}" y="${y}" width="${(n * unit - 2).toFixed(1)}" height="${H}" rx="3"/>`);
        if (n * unit > 7 * label.length + 4 && label) {
          out.push(`<text x="${((x + n / 2) * unit).toFixed(1)}" y="${y + H / 2 + 4}" text-anchor="middle" font-size="12">${escape(label)}</text>`);
          label = "";
        }
        left -= n;
        at += n;
      }
      out.push("</g>");
    }
    const h = Math.ceil(total / columns) * (H + GAP);
    return `<p class="fig-title">${escape(title)}</p><svg viewBox="0 0 ${width} ${h}" width="${width}" height="${h}" role="group" aria-label="${escape(title)}">${out.join("")}</svg>`;
  }

  const tableRow = (row, tag) => "<tr>" + row.split("|").map((cell, i) => {
    const t = i === 0 || tag === "th" ? "th" : "td";
    return `<${t}${t === "th" ? ` scope="${tag === "th" ? "col" : "row"}"` : ""}>${escape(cell)}</${t}>`;
  }).join("") + "</tr>";

  function markup(screen, width) {
    const out = [], rows = screen.rows;
    for (let i = 0; i < rows.length;) {
      const [kind, rest] = words(rows[i++], 1);
      if (kind === "strip") {
        const cells = [];
        while (i < rows.length && /^(cell|press) /.test(rows[i])) cells.push(cellOf(rows[i++]));
        out.push(strip(rest, cells.filter((c) => c.length > 0), width));
      } else if (kind === "table") {
        const body = [];
        while (i < rows.length && rows[i].startsWith("row ")) body.push(tableRow(rows[i++].slice(4), "td"));
        out.push(`<table class="fig-table"><thead>${tableRow(rest, "th")}</thead><tbody>${body.join("")}</tbody></table>`);
      } else if (kind === "task") {
        const [done, sentence] = words(rest, 1);
        out.push(`<p class="fig-task${done === "1" ? " done" : ""}"><strong>Task:</strong> ${escape(sentence)}${done === "1" ? " ✓ Done." : ""}</p>`);
      } else {
        out.push(`<p>${escape(rest)}</p>`);
      }
    }
    return out.join("");
  }

  function codePane(sources, at) {
    const lines = sources[at.file], out = [];
    let first = at.line - 1;
    while (first > 0 && lines[first] !== "{") first--;
    let last = first--;
    while (last < lines.length - 1 && lines[last] !== "}") last++;
    for (let i = first; i <= last; i++)
      out.push(`<span class="${i === at.line - 1 ? "fig-now" : ""}">${escape(`${String(i + 1).padStart(4)}  ${lines[i]}`)}\n</span>`);
    return `<p class="fig-title">${escape(`${at.file}, line ${at.line}`)}</p><pre class="fig-code" tabindex="0">${out.join("")}</pre>`;
  }

  function control(row) {
    const [kind, action, rest] = words(row, 2), [label, ...more] = rest.split("|");
    const act = `data-action="${action}"`;
    if (kind === "number") {
      const [name, min, max, value] = more;
      return `<span class="fig-control"><label>${escape(name)} <input type="number" min="${min}" max="${max}" value="${value}"></label> <button type="button" ${act}>${escape(label)}</button></span>`;
    }
    if (kind === "choice")
      return `<span class="fig-control"><select aria-label="${escape(label)}">${more.map((m, i) => `<option value="${i}">${escape(m)}</option>`).join("")}</select> <button type="button" ${act}>${escape(label)}</button></span>`;
    return `<span class="fig-control"><button type="button" ${act}>${escape(label)}</button></span>`;
  }

  const pure = { Program, markup, words };
  if (typeof document === "undefined") {
    globalThis.ManulFigure = pure;
    return;
  }

  /* ---- in the page ---- */

  class Figure {
    constructor(node) {
      this.node = node;
      this.name = node.dataset.figure;
      const packed = (window.MANUL_FIGURES || {})[this.name];
      if (!packed) throw new Error("its program is missing; `make figures` builds it");
      this.sources = packed.sources;
      this.program = new Program(Uint8Array.from(atob(packed.wasm), (c) => c.charCodeAt(0)));
      this.at = null;	/* the line that is looked at; null: after the last */
      const rows = this.program.text(this.program.x.controls()).split("\n").filter(Boolean);
      node.innerHTML = `<div class="fig-bar">${rows.map(control).join("")}<span class="fig-control">` +
        ["Back", "Step", "Undo", "Reset"].map((b) => `<button type="button" data-do="${b}">${b}</button>`).join("") +
        `</span></div><div class="fig-screen"></div><p class="fig-said" role="status"></p><div class="fig-where"></div>`;
      node.addEventListener("click", (e) => this.press(e.target.closest("[data-action],[data-do]")));
      node.addEventListener("keydown", (e) => {
        const cell = e.target.closest("g[data-action]");
        if (cell && (e.key === "Enter" || e.key === " ")) {
          e.preventDefault();
          this.press(cell);
        }
      });
      this.fromAddress();
      new ResizeObserver(() => this.width() !== this.drawn && this.show()).observe(node);
    }
    part(name) { return this.node.querySelector(`.fig-${name}`); }
    width() { return Math.max(Math.floor(this.node.clientWidth) - 24, 240); }
    press(from) {
      if (!from) return;
      if (from.dataset.do) return this[from.dataset.do.toLowerCase()]();
      const input = from.parentElement.querySelector("input,select");
      const arg = from.dataset.arg ?? (input ? input.value : 0);
      if (input && input.checkValidity && !input.checkValidity()) return input.reportValidity();
      this.act(+from.dataset.action, +arg);
    }
    act(action, arg) {
      this.at = null;
      this.program.act(action, arg);
      this.toAddress();
      this.show();
    }
    back() { this.go((this.at ?? this.program.lines.length) - 1); }
    step() { this.go(this.at + 1); }
    go(k) {
      this.at = k < this.program.lines.length ? k : null;
      this.show();
    }
    undo() {
      this.at = null;
      this.program.replay(this.program.history.slice(0, -1));
      this.toAddress();
      this.show();
    }
    reset() {
      this.at = null;
      this.program.begin();
      this.toAddress();
      this.show();
    }
    show() {
      this.drawn = this.width();
      const p = this.program, k = this.at, n = p.lines.length, stepping = k !== null;
      const screen = stepping ? p.screenAt(k) : p.screen();
      this.part("screen").innerHTML = markup(screen, this.drawn);
      this.part("said").textContent = stepping ? `Before line ${k + 1} of ${n}.` : screen.said;
      this.part("where").innerHTML = stepping ? codePane(this.sources, p.lines[k]) : "";
      const now = this.node.querySelector(".fig-now");
      if (now) now.parentElement.scrollTop = now.offsetTop - now.parentElement.clientHeight / 2;
      this.button("Back").disabled = !n || k === 0;
      this.button("Step").disabled = !stepping;
      this.button("Undo").disabled = !p.history.length;
      for (const g of stepping ? this.node.querySelectorAll("g[data-action]") : []) g.removeAttribute("data-action");
    }
    button(name) { return this.node.querySelector(`[data-do="${name}"]`); }
    /* What was done stands in the address, so that it can be passed on. */
    toAddress() {
      const done = this.program.history.map((h) => h.join("."));
      const rest = location.hash.slice(1).split("&").filter((part) => part && !part.startsWith(this.name + "="));
      if (done.length) rest.push(`${this.name}=${done.join(",")}`);
      history.replaceState(null, "", "#" + rest.join("&"));
    }
    fromAddress() {
      const part = location.hash.slice(1).split("&").find((p) => p.startsWith(this.name + "="));
      const done = part ? part.slice(this.name.length + 1).split(",").map((p) => p.split(".").map(Number)) : [];
      if (done.every((h) => h.length === 2 && h.every(Number.isInteger))) this.program.replay(done);
      this.show();
    }
  }
  addEventListener("DOMContentLoaded", () => {
    for (const node of document.querySelectorAll("[data-figure]")) {
      const still = node.innerHTML;
      try {
        node.figure = new Figure(node);
        node.dataset.ready = "1";
      } catch (e) {
        node.innerHTML = `${still}<p role="alert">This figure does not run: ${escape(e.message)}.</p>`;
        node.dataset.ready = "failed";
      }
    }
  });
})();
