/* Live figures: their programs (docs/figures/live/NAME.c over mm/, as wasm). Whoever shows one, the page or node, gives it the reader's
 * wishes here, and may look at the screen, also as it was before any line of the last operation. */
(() => {
  "use strict";
  const LINES_MAX = 5000;	/* that are kept of an operation */
  const RUN_MAX = 5000000;	/* lines after which an operation counts as endless */

  class Stop extends Error {}

  /* "a b c d" with n = 2: ["a", "b", "c d"] */
  const words = (row, n) => {
    const parts = row.split(" ");
    return [...parts.slice(0, n), parts.slice(n).join(" ")];
  };
  const rows = (text) => text.split("\n").filter(Boolean);

  /* { kind, sentence, min and max or choices, steps } of fig_question. */
  function questionOf(text) {
    const [first, ...steps] = rows(text), [kind, rest] = words(first, 1), [sentence, ...more] = rest.split("|");
    const bounds = kind === "number" ? { min: +more[0], max: +more[1], choices: [] } : { min: 0, max: more.length - 1, choices: more };
    return { kind, sentence, ...bounds, steps: steps.map((s) => s.split(" ").slice(1).map(Number)) };
  }

  /* A running program. To see the k-th line of an operation, the operation is run again from where it began, and stopped there. */
  class Program {
    constructor(bytes) {
      const env = { fig_line: (file, line) => this.line(file, line) };
      const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env });
      this.x = instance.exports;
      this.top = this.x.__stack_pointer.value;
      this.memory = () => new Uint8Array(this.x.memory.buffer);
      this.files = new Map();	/* names of files, by where they are */
      this.question = questionOf(this.text(this.x.question()));
      this.controls = rows(this.text(this.x.controls()));
      this.begin();
    }
    begin() {
      this.lines = [];
      this.history = [];
      this.tell = false;
      this.stopped = this.guarded(() => this.x.start());
      this.before = this.memory().slice();
    }
    text(at) {
      const bytes = this.memory();
      return new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)));
    }
    file(at) {
      if (!this.files.has(at)) this.files.set(at, this.text(at));
      return this.files.get(at);
    }
    /* What fn does, with the stack as it was; undefined, or why the code could not go on: an ASSERT, or a wild access. */
    guarded(fn) {
      this.ran = 0;
      try {
        fn();
      } catch (e) {
        if (e instanceof Stop) throw e;
        return (e instanceof WebAssembly.RuntimeError && this.text(this.x.said_last()).trim()) || e.message;
      } finally {
        this.tell = false;
        this.x.__stack_pointer.value = this.top;
      }
    }
    line(file, line) {
      if (++this.ran > RUN_MAX) throw new Error(`no end after ${RUN_MAX} lines`);
      if (!this.tell) return;
      if (this.watch) {
        this.watch(this.file(file), line);
      } else if (this.stopAt !== undefined) {
        if (this.told++ === this.stopAt) throw new Stop();
      } else if (this.lines.length < LINES_MAX) {
        this.lines.push({ file: this.file(file), line });
      }
    }
    run([action, arg]) {
      return this.guarded(() => {
        this.tell = true;
        this.x.act(action, arg);
      });
    }
    act(action, arg) {
      if (this.stopped) return;
      this.before = this.memory().slice();
      this.lines = [];
      this.history.push([action, arg]);
      this.stopped = this.run(this.last());
    }
    last() { return this.history[this.history.length - 1]; }
    screen() {
      let screen = [];
      const why = this.guarded(() => { screen = rows(this.text(this.x.screen())); });
      if (why) screen = [`text The screen cannot be drawn: ${why}`];
      return { rows: screen, said: this.stopped ? `Stopped: ${this.stopped}` : this.text(this.x.said_last()).trim() };
    }
    /* What fn gives, in a world that is put back afterwards; from is its memory, now if not given. */
    aside(fn, from) {
      const now = this.memory().slice(), { history, lines, before, stopped } = this;
      if (from) this.memory().set(from);
      try {
        return fn();
      } finally {
        this.memory().set(now);
        Object.assign(this, { history, lines, before, stopped });
      }
    }
    /* The screen as it is before line k of the last operation runs. */
    screenAt(k) {
      return this.aside(() => {
        this.stopAt = k;
        this.told = 0;
        try {
          this.run(this.last());
        } catch (e) {
          if (!(e instanceof Stop)) throw e;
        } finally {
          this.stopAt = undefined;
        }
        return this.screen();
      }, this.before);
    }
    /* The lines of the last operation, each with the screen as it is before the line runs. */
    trace() {
      const seen = [];
      return this.aside(() => {
        this.watch = (file, line) => {
          if (seen.length >= LINES_MAX) return;
          this.tell = false;
          seen.push({ file, line, screen: this.text(this.x.screen()) });
          this.tell = true;
        };
        this.run(this.last());
        this.watch = undefined;
        return seen;
      }, this.before);
    }
    /* The state as one number, in text. */
    fingerprint() {
      return this.aside(() => {
        let print;
        const why = this.guarded(() => { print = this.text(this.x.fingerprint()); });
        return `${print ?? why} ${this.stopped ?? ""}`;
      });
    }
    replay(history) {
      this.begin();
      for (const [action, arg] of history) this.act(action, arg);
    }
    /* The question's answer: { value, label, why }, by doing in a world aside what it tells. */
    answer() {
      return this.aside(() => {
        let value;
        this.replay(this.question.steps);
        this.stopped ??= this.guarded(() => { value = this.x.answer(); });
        const why = this.screen().said;
        return { value, label: this.question.choices[value] ?? `${value}`, why };
      });
    }
    /* What a reader could wish now: the controls, with numbers that pick() chooses below n, and the cells that can be pressed. */
    wishes(pick) {
      const out = this.controls.map((row) => {
        const [kind, action, rest] = words(row, 2), more = rest.split("|").slice(1), [, min, max] = more.map(Number);
        return [+action, kind === "number" || kind === "slider" ? min + pick(max - min + 1) : kind === "choice" ? pick(more.length) : 0];
      });
      for (const row of this.screen().rows.filter((r) => r.startsWith("press "))) out.push(words(row, 5).slice(3, 5).map(Number));
      return out;
    }
  }

  globalThis.ManulFigure = { ...globalThis.ManulFigure, Program, words };
})();
