/* What the running machine holds, below its terminal: all frames; of one process the address space and the page tables. Drawn is what is
 * unfolded. Nobody chose a process: it is the newest, which is the one that the reader has just started. */
globalThis.Inside = class Inside {
  constructor(redraw) {
    this.node = document.createElement("div");
    this.node.className = "machine-inside";
    this.node.hidden = true;
    this.frames = new Frames();
    this.space = new Space();
    this.tables = new Tables(redraw);
    this.choice = document.createElement("select");
    this.choice.append(new Option("the newest", ""));
    this.choice.onchange = redraw;
    const label = document.createElement("label");
    label.append("Process: ", this.choice, " ");
    this.shown = document.createElement("span");
    const bar = document.createElement("div");
    bar.className = "machine-bar";
    bar.append(label, this.shown);
    this.panes = [this.pane("Frames", this.frames, redraw), this.pane("Address space", this.space, redraw), this.pane("Page tables", this.tables, redraw)];
    this.panes[0].open = true;
    this.node.append(this.panes[0], bar, this.panes[1], this.panes[2]);
  }

  pane(title, what, redraw) {
    const pane = document.createElement("details"), summary = document.createElement("summary");
    pane.className = "machine-pane";
    summary.textContent = title;
    pane.append(summary, what.node);
    pane.addEventListener("toggle", redraw);
    return pane;
  }

  /* The list as it is now. The process that was chosen and is gone stays chosen, for its number may still be of interest. */
  offer(procs) {
    const text = procs.map((p) => `${p.pid} ${p.name}`).join();
    if (text === this.offered) return;
    this.offered = text;
    const chosen = this.choice.value, gone = chosen && !procs.some((p) => `${p.pid}` === chosen);
    this.choice.replaceChildren(new Option("the newest", ""), ...procs.map((p) => new Option(`${p.pid} ${p.name}`, p.pid)),
      ...(gone ? [new Option(`${chosen} (gone)`, chosen)] : []));
    this.choice.value = chosen;
  }

  /* The newest process, or null. */
  draw(vm) {
    const guest = new Guest(vm), there = guest.look(), procs = there ? guest.procs() : [], newest = procs.at(-1) ?? null;
    if (!there) return null;
    this.node.hidden = false;
    if (this.panes[0].open) this.frames.draw(guest);
    this.offer(procs);
    const shown = this.choice.value ? procs.find((p) => `${p.pid}` === this.choice.value) : newest;
    this.shown.textContent = shown ? `${shown.pid} ${shown.name}` : "it has ended";
    if (shown && this.panes[1].open) this.space.draw(guest, shown.space);
    if (shown && this.panes[2].open) this.tables.draw(guest, shown.space);
    return newest;
  }
};
