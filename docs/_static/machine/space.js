/* The address space of one process: a strip of regions and holes, and the same as a table. The strip is not to scale, for 256 GiB with a
 * few pages in them would be one hole: a tile is as wide as its size has bits. A region is filled as far as it has frames. */
globalThis.Space = class Space {
  static HEIGHT = 44;
  static SHOWN = 64;      // rows of the table
  static COLUMNS = ["Addresses", "Size", "Rights", "Frames", "What"];

  constructor() {
    this.node = document.createElement("div");
    this.canvas = document.createElement("canvas");
    this.canvas.className = "machine-strip";
    this.canvas.setAttribute("role", "img");
    const scroll = document.createElement("div"), table = document.createElement("table"), head = document.createElement("tr");
    Object.assign(scroll, { className: "machine-scroll", tabIndex: 0 });
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", "Regions and holes");
    head.append(...Space.COLUMNS.map((text) => Object.assign(document.createElement("th"), { textContent: text, scope: "col" })));
    this.body = document.createElement("tbody");
    table.append(document.createElement("thead"), this.body);
    table.firstChild.append(head);
    scroll.append(table);
    this.more = document.createElement("p");
    this.node.append(this.canvas, scroll, this.more);
  }

  static pages(tile) {
    return Number((tile.end - tile.start) >> 12n);
  }

  static size(npages) {
    const units = ["KiB", "MiB", "GiB"];
    let n = npages * 4, unit = 0;
    for (; n >= 1024 && unit < 2; n /= 1024) unit++;
    return `${Number(n.toFixed(1))} ${units[unit]}`;
  }

  static hex(value) {
    return `0x${value.toString(16)}`;
  }

  static cells(tile) {
    const npages = Space.pages(tile), at = `${Space.hex(tile.start)} – ${Space.hex(tile.end - 1n)}`;
    if (tile.hole) return [at, Space.size(npages), "", "", "hole"];
    const rights = ["r", "w", "x"].map((c, i) => (tile.prot >> i & 1 ? c : "-")).join("");
    return [at, Space.size(npages), rights + (tile.flags & 4 ? " shared" : ""), `${tile.frames} of ${npages}`, tile.name || "anonymous"];
  }

  draw(guest, space) {
    const tiles = guest.tiles(space), rows = tiles.slice(0, Space.SHOWN).map(Space.cells), text = JSON.stringify(rows) + tiles.length;
    this.drawStrip(tiles);
    if (text === this.text) return;
    this.text = text;
    this.body.replaceChildren(...rows.map((cells) => {
      const row = document.createElement("tr");
      row.append(...cells.map((cell) => Object.assign(document.createElement("td"), { textContent: cell })));
      return row;
    }));
    const regions = tiles.filter((t) => !t.hole).length;
    const counts = `Regions: ${regions}. Holes: ${tiles.length - regions}.`;
    this.more.textContent = counts + (tiles.length > Space.SHOWN ? ` The first ${Space.SHOWN} of both are listed.` : "");
    this.canvas.setAttribute("aria-label", `${counts} By ascending address; listed below.`);
  }

  /* In the page's colours, whichever they are now. */
  drawStrip(tiles) {
    const width = Math.max(this.canvas.clientWidth, 100), scale = devicePixelRatio || 1, style = getComputedStyle(this.node);
    const colour = (name) => style.getPropertyValue(`--c-${name}`);
    Object.assign(this.canvas, { width: width * scale, height: Space.HEIGHT * scale });
    const context = this.canvas.getContext("2d"), weight = (t) => 1 + Math.log2(Space.pages(t));
    const whole = tiles.reduce((sum, t) => sum + weight(t), 0);
    context.scale(scale, scale);
    let x = 0;
    for (const tile of tiles) {
      const w = weight(tile) / whole * width, filled = tile.hole ? 0 : tile.frames / Space.pages(tile) * Space.HEIGHT;
      context.fillStyle = colour(tile.hole ? "free" : "used");
      context.fillRect(x, 0, w, Space.HEIGHT);
      context.fillStyle = colour(tile.prot & 4 ? "hot-line" : "used-line");
      context.fillRect(x, Space.HEIGHT - filled, w, filled);
      context.strokeStyle = colour(tile.hole ? "free-line" : "used-line");
      context.strokeRect(x + 0.5, 0.5, w - 1, Space.HEIGHT - 1);
      x += w;
    }
  }
};
