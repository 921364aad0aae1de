/* A machine in the page: buttons, a terminal, figures of what it does. It runs in slices of a few milliseconds between which the page
 * lives on; no worker, for a page from a file may not start one. Until it is started, and if it cannot be, the transcript is shown. */
{
  const folder = new URL(".", document.currentScript.src).href;

  /* The large parts come when the machine is started, not with the page; as scripts, for a page from a file may not read files. */
  globalThis.loadPart = (name, ...made) => new Promise((ready, failed) => {
    const there = () => made.every((m) => globalThis[m]);
    if (there()) return ready();
    const script = document.createElement("script"), missing = () => failed(new Error(`${name} is missing`));
    Object.assign(script, { src: folder + name, onerror: missing, onload: () => (there() ? ready() : missing()) });
    document.head.append(script);
  });
}

addEventListener("DOMContentLoaded", () => {
  "use strict";
  const SLICE_MS = 8, NAP_MS = 10, FIGURES_EVERY = 16;

  function element(name, attributes, ...children) {
    const e = Object.assign(document.createElement(name), attributes);
    e.append(...children);
    return e;
  }

  class Machine {
    constructor(node) {
      this.node = node;
      this.epoch = 0;
      this.channel = new MessageChannel();
      this.channel.port1.onmessage = () => this.slice();
      this.startButton = element("button", { type: "button", textContent: "Start", onclick: () => this.start() });
      this.stopButton = element("button", { type: "button", textContent: "Stop", disabled: true, onclick: () => this.toggle() });
      this.uboot = element("input", { type: "checkbox" });
      const uboot = element("label", { hidden: !node.dataset.uboot }, this.uboot, " through U-Boot");
      this.say = element("span", { className: "machine-say", textContent: "switched off" });
      this.say.setAttribute("role", "status");
      this.fault = element("p", { className: "machine-fault", hidden: true });
      this.fault.setAttribute("role", "alert");
      this.screen = element("div", { className: "machine-screen", hidden: true });
      this.typing = JSON.parse(node.dataset.type).map((line) => this.typeButton(line, `\x03${line}\r`));
      this.typing.push(this.typeButton("Ctrl-C", "\x03"));
      node.prepend(element("div", { className: "machine-bar" }, this.startButton, this.stopButton, uboot, this.say), this.fault,
        element("div", { className: "machine-bar machine-typing", role: "group", ariaLabel: "Type a command" }, ...this.typing), this.screen);
      this.state("off");
    }

    state(name) {
      this.node.dataset.state = name;
      for (const button of this.typing) button.disabled = name !== "running";
    }

    /* As if a person did: what runs is told to stop, and the command is typed. */
    typeButton(text, keys) {
      const type = () => { this.vm.type(keys); this.wake(); this.terminal.focus(); };
      return element("button", { type: "button", textContent: text, disabled: true, onclick: type });
    }

    /* It does not run, or no more: say why, and show the still again. */
    fail(error) {
      this.pause();
      this.vm = null;
      this.fault.textContent = `The machine does not run here: ${error.message}. This is what it shows when it does:`;
      this.fault.hidden = false;
      this.say.textContent = "";
      this.stopButton.disabled = true;
      this.node.querySelector(".machine-still").hidden = false;
      this.screen.hidden = true;
      if (this.inside) this.inside.node.hidden = true;
      this.state("failed");
    }

    static async load() {
      await loadPart("xterm.js", "Terminal");
      await Promise.all([loadPart("addon-fit.js", "FitAddon"), loadPart("rv.wasm.js", "RV_WASM"), loadPart("image.js", "RV_IMAGE")]);
    }

    openTerminal() {
      this.terminal = new Terminal({ cols: 80, rows: 24, fontSize: 13, screenReaderMode: true, scrollback: 5000,
        theme: { background: "#0d1117", foreground: "#e6edf3" } });
      const fit = new FitAddon.FitAddon();
      this.terminal.loadAddon(fit);
      this.terminal.open(this.screen);
      this.fit = () => fit.fit();
      addEventListener("resize", this.fit);
      this.terminal.onData((text) => { if (this.vm) this.vm.type(text); this.wake(); });
      // Who came by the keyboard must get out by it: Escape, then Tab.
      let leaving = false;
      this.terminal.attachCustomKeyEventHandler((event) => {
        if (event.type === "keydown" && event.key === "Tab" && leaving) return false;
        if (event.type === "keydown") leaving = event.key === "Escape";
        return true;
      });
    }

    async start() {
      this.startButton.disabled = true;
      this.pause();
      this.say.textContent = "loading";
      try {
        await Machine.load();
        if (this.uboot.checked) await loadPart("uboot.js", "RV_UBOOT");
        this.vm = await Vm.boot({ wasm: RV_WASM, image: RV_IMAGE, uboot: this.uboot.checked ? RV_UBOOT : null, mem: Number(this.node.dataset.mem),
          words: this.node.dataset.words });
        if (!this.terminal) this.openTerminal();
        if (!this.inside) this.inside = this.showInside();
      } catch (error) {
        return this.fail(error);
      } finally {
        this.startButton.disabled = false;
      }
      this.fault.hidden = true;
      this.node.querySelector(".machine-still").hidden = true;
      this.screen.hidden = false;
      this.fit();
      this.startButton.textContent = "Reset";
      this.terminal.reset();
      this.terminal.focus();
      this.busy = 0;
      this.go();
    }

    showInside() {
      const inside = new Inside(() => { if (this.vm) inside.draw(this.vm); });
      this.node.append(inside.node);
      return inside;
    }

    go() {
      this.running = true;
      this.stopButton.disabled = false;
      this.stopButton.textContent = "Stop";
      this.state("running");
      this.wake();
    }

    pause() {
      this.running = false;
      clearTimeout(this.nap);
      this.nap = null;
    }

    toggle() {
      if (!this.running) return this.go();
      this.pause();
      this.stopButton.textContent = "Continue";
      this.state("stopped");
      this.show();
    }

    /* One slice soon, and never two. */
    wake() {
      if (!this.running || this.due) return;
      clearTimeout(this.nap);
      this.due = true;
      this.channel.port2.postMessage(0);
    }

    slice() {
      this.due = false;
      if (!this.running) return;
      const began = performance.now(), { printed, waits } = this.runSlice();
      if (!this.vm) return;
      if (!waits) this.busy += performance.now() - began;
      for (const bytes of printed) this.terminal.write(bytes);
      if (++this.epoch % FIGURES_EVERY === 0) this.show();
      if (this.vm.ended) return this.end();
      if (waits) this.nap = setTimeout(() => this.wake(), NAP_MS);
      else this.wake();
    }

    runSlice() {
      try {
        return this.vm.slice(SLICE_MS);
      } catch (error) {
        this.fail(error);
        return { printed: [], waits: true };
      }
    }

    end() {
      const RESET = 2, again = this.vm.ended === RESET;
      this.pause();
      this.stopButton.disabled = true;
      this.show();
      this.state("off");
      if (again) this.start();
    }

    show() {
      const s = this.vm.stats, million = (n) => (n / 1e6).toFixed(1);
      this.say.textContent = `${million(s.instructions)} million instructions, ${s.traps} traps, ${s.walks} page walks, ${s.blocks} disk requests`
        + (this.busy > 500 ? `; ${(s.instructions / this.busy / 1000).toFixed(0)} million a second` : "");
      this.inside.draw(this.vm);
    }
  }

  for (const node of document.querySelectorAll(".machine")) node.machine = new Machine(node);
});
