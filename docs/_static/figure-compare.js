/* Live figures: the reader's mm/ beside the reference's. Both do the same operations, and the first after which their states differ is
 * looked at line by line. */
(() => {
  "use strict";
  const { functionAt } = globalThis.ManulFigure;
  const ATTEMPTS = 40;	/* of random operations, ever longer */

  class Twins {
    constructor(mine, theirs) {
      this.mine = mine;	/* { program, sources } */
      this.theirs = theirs;
      this.follow();
    }
    differ() { return this.mine.program.fingerprint() !== this.theirs.program.fingerprint(); }
    /* The reference does what the reader's program did since; mine must have done at most one operation more. */
    follow() {
      const { history } = this.mine.program, at = history.length;
      if (at === 0) this.begin();
      else if (this.theirs.program.history.length < at && !this.departed) this.theirs.program.act(...history[at - 1]);
      if (!this.departed && this.differ()) this.departed = { step: at, ...this.screens(), ...(at ? this.where() : {}) };
    }
    begin() {
      this.theirs.program.begin();
      this.departed = null;
    }
    replay(history) {
      this.mine.program.begin();
      this.follow();
      for (const [action, arg] of history) {
        this.mine.program.act(action, arg);
        this.follow();
      }
    }
    screens() { return { screens: [this.mine.program.screen(), this.theirs.program.screen()] }; }
    text({ sources }, at) { return (sources[at.file] ?? [])[at.line - 1]?.trim(); }
    /* In the last operation: the lines from which on the two do not run the same code, or do not have the same effect. */
    where() {
      const a = this.mine.program.trace(), b = this.theirs.program.trace();
      if (!a.length || !b.length) return {};
      for (let k = 0; ; k++) {
        const x = a[k], y = b[k], before = Math.max(k - 1, 0);
        if (x && y && x.screen !== y.screen) return this.place("effect", a[before], b[before]);
        if (!x || !y) return this.place("effect", a[Math.min(k, a.length) - 1], b[Math.min(k, b.length) - 1]);
        if (x.file !== y.file || this.text(this.mine, x) !== this.text(this.theirs, y)) return this.place("code", x, y);
      }
    }
    place(kind, mine, theirs) { return { kind, lines: [mine, theirs], name: functionAt(this.mine.sources[mine.file], mine.line).name }; }

    /* Random operations until the two differ, then without those that do not matter; or null. What was done before is forgotten. */
    search() {
      let seed = 1;
      const pick = (n) => ((seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) >> 8) % n;
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        this.replay([]);
        for (let i = 0; i < 5 * attempt && !this.departed && !this.mine.program.stopped; i++) {
          const wishes = this.mine.program.wishes(pick);
          this.mine.program.act(...wishes[pick(wishes.length)]);
          this.follow();
        }
        if (this.departed) return this.shortened(this.mine.program.history.slice());
      }
      this.replay([]);
      return null;
    }
    shortened(history) {
      for (let i = history.length - 1; i >= 0; i--) {
        const without = history.filter((_, k) => k !== i);
        this.replay(without);
        if (this.departed) history = without.slice(0, this.departed.step);
        i = Math.min(i, history.length);
      }
      this.replay(history);
      return history;
    }
  }

  Object.assign(globalThis.ManulFigure, { Twins });
})();
