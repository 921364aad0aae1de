/* Live figures in the page: what happens is decided by the program (figure-program.js); here it is only shown (figure-markup.js), line by
 * line if asked. Before its controls open, the reader predicts; what was predicted and done stands in the address. */
(() => {
  "use strict";
  const { Program, Twins, escape, markup, codePane, control, questionForm, verdict, departure } = globalThis.ManulFigure;

  const buttons = (names) => names.map((name) => `<button type="button" data-do="${name}">${name}</button>`).join("");
  const PARTS = `<div class="fig-predict"></div><div class="fig-bar"></div><p class="fig-said" role="status"></p><div class="fig-screen"></div>
    <div class="fig-steps"><label>Line <input type="range" min="0" step="1" data-do="Slide"></label><span>${buttons(["Back", "Step"])}</span><span>${buttons(["Undo", "Reset"])}</span></div><div class="fig-where"></div><div class="fig-depart" hidden></div>`;

  const programOf = ({ wasm }) => new Program(Uint8Array.from(atob(wasm), (c) => c.charCodeAt(0)));

  class Figure {
    constructor(node) {
      this.node = node;
      this.name = node.dataset.figure;
      const packed = (window.MANUL_FIGURES || {})[this.name];
      if (!packed) throw new Error("its program is missing; `make figures` builds it");
      this.sources = packed.sources;
      this.program = programOf(packed);
      this.reference = packed.reference;	/* only where the reader's mm/ is another */
      this.twins = this.reference && new Twins(this, { program: programOf(this.reference), sources: this.reference.sources });
      this.at = null;	/* the line that is looked at; null: after the last */
      this.guess = undefined;	/* what was predicted; null: skipped; undefined: not asked yet */
      node.innerHTML = PARTS;
      this.part("bar").innerHTML = this.program.controls.map(control).join("");
      this.part("predict").innerHTML = questionForm(this.program.question, this.name);
      this.listen();
      this.fromAddress();
      new ResizeObserver(() => this.width() !== this.drawn && this.show()).observe(node);
    }
    listen() {
      const node = this.node;
      node.addEventListener("click", (e) => this.press(e.target.closest("button,g[data-action]")));
      node.addEventListener("input", (e) => {
        const shown = e.target.parentElement.querySelector("output");
        if (e.target.dataset.do === "Slide") this.go(+e.target.value);
        else if (shown) shown.value = e.target.value;
      });
      node.addEventListener("submit", (e) => {
        e.preventDefault();
        this.predict(+new FormData(e.target).get("guess"));
      });
      node.addEventListener("keydown", (e) => {
        const cell = e.target.closest("g[data-action]");
        if (cell && (e.key === "Enter" || e.key === " ")) {
          e.preventDefault();
          this.press(cell);
        }
        if (e.key === "Enter" && e.target.matches(".fig-control input")) this.press(e.target.closest(".fig-control").querySelector("button"));
      });
    }
    part(name) { return this.node.querySelector(`.fig-${name}`); }
    button(name) { return this.node.querySelector(`[data-do="${name}"]`); }
    width() { return Math.max(Math.floor(this.node.clientWidth) - 24, 240); }
    press(from) {
      if (!from) return;
      const ways = { Show: () => this.predict(null), Back: () => this.back(), Step: () => this.step(), Undo: () => this.undo(), Reset: () => this.reset(),
        Search: () => this.search() };
      if (from.dataset.do) return ways[from.dataset.do]();
      if (from.dataset.action === undefined) return;
      const input = from.parentElement.querySelector("input,select");
      const arg = from.dataset.arg ?? (input ? input.value : 0);
      if (input && from.dataset.arg === undefined && !input.checkValidity()) return input.reportValidity();
      const cell = from.matches("g") ? [...this.node.querySelectorAll("g[data-action]")].indexOf(from) : -1;
      this.act(+from.dataset.action, +arg);
      if (cell >= 0) this.focusCell(cell);
    }
    /* A cell that was pressed is drawn anew: the focus stays where it was. */
    focusCell(at) {
      const cells = this.node.querySelectorAll("g[data-action]");
      (cells[Math.min(at, cells.length - 1)] ?? this.button("Undo")).focus();
    }

    /* ---- the prediction ---- */

    /* What decides it is done before the reader's eyes, and can be stepped through. */
    predict(guess) {
      this.guess = guess;
      this.replay(this.program.question.steps);
      this.node.querySelector("p.fig-ask").focus();
    }
    showVerdict() {
      const open = this.guess !== undefined;
      this.part("bar").hidden = this.part("steps").hidden = !open;
      if (open && this.part("predict").querySelector("form"))
        this.part("predict").innerHTML = verdict(this.program.question, this.guess, this.program.answer());
    }

    /* ---- operations, and lines within one ---- */

    act(action, arg) {
      if (this.program.stopped) return;
      this.at = null;
      this.program.act(action, arg);
      this.twins?.follow();
      this.toAddress();
      this.show();
    }
    replay(history) {
      this.at = null;
      (this.twins ?? this.program).replay(history);
      this.toAddress();
      this.show();
    }
    search() {
      this.at = null;
      this.searched = this.twins.search() ? undefined : "Random operations lead both to the same states.";
      this.toAddress();
      this.show();
    }
    undo() { this.replay(this.program.history.slice(0, -1)); }
    reset() { this.replay([]); }
    back() { this.go((this.at ?? this.program.lines.length) - 1); }
    step() { this.go(this.at + 1); }
    go(k) {
      this.at = k < this.program.lines.length ? k : null;
      this.toAddress();
      this.show();
    }
    show() {
      this.drawn = this.width();
      this.showVerdict();
      const p = this.program, k = this.at, n = p.lines.length, stepping = k !== null;
      const screen = stepping ? p.screenAt(k) : p.screen();
      this.part("screen").innerHTML = markup(screen, this.drawn, !stepping && this.guess !== undefined && !p.stopped);
      this.part("said").textContent = stepping ? `Before line ${k + 1} of ${n}.` : screen.said;
      this.part("said").classList.toggle("wrong", !stepping && !!p.stopped);
      const hint = n ? `<p class="fig-hint">${n} lines of ${escape([...new Set(p.lines.map((l) => l.file))].join(", "))} ran. The slider, or Back, shows each of them at work.</p>` : "";
      this.part("where").innerHTML = stepping ? codePane(this.sources, p.lines[k]) : hint;
      this.showSteps(k, n);
      this.part("depart").hidden = !this.twins || this.guess === undefined;
      if (this.twins) this.part("depart").innerHTML = departure(this.twins, this.reference.commit, this.searched, this.drawn);
      for (const now of this.node.querySelectorAll(".fig-now")) now.parentElement.scrollTop = now.offsetTop - now.parentElement.clientHeight / 2;
    }
    showSteps(k, n) {
      const slide = this.button("Slide");
      slide.max = n;
      slide.value = k ?? n;
      slide.disabled = !n;
      this.button("Back").disabled = !n || k === 0;
      this.button("Step").disabled = k === null;
      this.button("Undo").disabled = !this.program.history.length;
    }

    /* ---- the address: NAME=p6,0.2,1.5@12: predicted 6, did 0 with 2 and 1 with 5, and looks at line 12 ---- */

    toAddress() {
      const done = this.program.history.map((h) => h.join("."));
      if (this.guess !== undefined) done.unshift(`p${this.guess ?? ""}`);
      const rest = location.hash.slice(1).split("&").filter((part) => part && !part.startsWith(this.name + "="));
      if (done.length) rest.push(`${this.name}=${done.join(",")}${this.at === null ? "" : `@${this.at}`}`);
      try {
        history.replaceState(null, "", "#" + rest.join("&"));
      } catch (e) {
        /* Some browsers refuse when a slider asks too often; the next change brings the address up to date. */
      }
    }
    fromAddress() {
      const part = location.hash.slice(1).split("&").find((p) => p.startsWith(this.name + "="));
      const m = /^(?:p(\d*)(?:,|(?=@|$)))?((?:\d+\.-?\d+(?:,|(?=@|$)))*)(?:@(\d+))?$/.exec(part ? part.slice(this.name.length + 1) : "");
      if (part && m) {
        this.guess = m[1] ? +m[1] : null;
        (this.twins ?? this.program).replay(m[2].split(",").filter(Boolean).map((p) => p.split(".").map(Number)));
        this.at = m[3] && +m[3] < this.program.lines.length ? +m[3] : null;
      }
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
