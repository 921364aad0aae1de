/* Every frame of the running machine, coloured by what its struct page says. */
globalThis.Frames = class Frames {
  static COLUMNS = 256;
  /* In the order of enum guest_kind. */
  static KINDS = [
    ["firmware, kernel image, memmap", [90, 90, 90]],
    ["free blocks", [222, 238, 222]],
    ["free, kept by the CPU", [150, 205, 150]],
    ["pages of processes", [225, 120, 50]],
    ["page cache, stacks and others", [235, 195, 80]],
    ["slabs", [90, 130, 215]],
    ["large kmalloc() blocks", [150, 95, 200]],
    ["page tables", [205, 60, 95]],
  ];
  static PIXELS = Frames.KINDS.map(([, [red, green, blue]]) => (0xff << 24 | blue << 16 | green << 8 | red) >>> 0);

  constructor() {
    this.node = document.createElement("div");
    this.node.className = "machine-frames";
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    this.legend = document.createElement("ul");
    this.zones = document.createElement("p");
    this.node.append(this.canvas, this.legend, this.zones);
    this.counts = Frames.KINDS.map(([text, colour]) => this.legendItem(text, colour));
  }

  legendItem(text, colour) {
    const item = document.createElement("li"), swatch = document.createElement("span"), count = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.background = `rgb(${colour})`;
    item.append(swatch, text + " ", count);
    this.legend.append(item);
    return count;
  }

  draw(guest) {
    const kinds = guest.frames(), rows = Math.ceil(kinds.length / Frames.COLUMNS), counts = new Array(Frames.KINDS.length).fill(0);
    if (this.canvas.height !== rows) Object.assign(this.canvas, { width: Frames.COLUMNS, height: rows });
    this.canvas.style.aspectRatio = `${Frames.COLUMNS} / ${rows}`;
    const context = this.canvas.getContext("2d"), image = context.createImageData(Frames.COLUMNS, rows);
    const pixels = new Uint32Array(image.data.buffer);
    kinds.forEach((kind, i) => {
      pixels[i] = Frames.PIXELS[kind];
      counts[kind]++;
    });
    context.putImageData(image, 0, 0);
    counts.forEach((n, i) => { this.counts[i].textContent = n; });
    this.canvas.setAttribute("aria-label", `${kinds.length} frames by what they are used for; counts below`);
    this.zones.textContent = guest.zones().map((z) => `Zone ${z.name}: ${z.free} of ${z.managed} frames free.`).join(" ");
  }
};
