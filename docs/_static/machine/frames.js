/* Every frame of the running machine, coloured by what its struct page says: read from the machine's memory, while it does not look.
 * Where things lie comes from the kernel's symbols (tools/pack.py). */
globalThis.Frames = class Frames {
  static COLUMNS = 256;
  static IMAGE_AT = 0x80200000n;    /* where rv_boot() puts the kernel */
  static KINDS = [
    ["reserved", "firmware, kernel image, memmap", [90, 90, 90]],
    ["free", "free blocks", [222, 238, 222]],
    ["cpu", "free, kept by the CPU", [150, 205, 150]],
    ["process", "pages of processes", [225, 120, 50]],
    ["used", "page cache, stacks and others", [235, 195, 80]],
    ["slab", "slabs", [90, 130, 215]],
    ["kmalloc", "large kmalloc() blocks", [150, 95, 200]],
    ["table", "page tables", [205, 60, 95]],
  ];

  constructor() {
    this.node = document.createElement("div");
    this.node.className = "machine-frames";
    this.node.hidden = true;
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    this.legend = document.createElement("ul");
    this.zones = document.createElement("p");
    this.node.append(this.canvas, this.legend, this.zones);
    this.counts = Frames.KINDS.map(([, text, colour]) => this.legendItem(text, colour));
  }

  legendItem(text, colour) {
    const item = document.createElement("li"), swatch = document.createElement("span"), count = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.background = `rgb(${colour})`;
    item.append(swatch, text + " ", count);
    this.legend.append(item);
    return count;
  }

  /* The kernel's view of its memory; null as long as it has none. */
  static read(vm, layout) {
    const L = Object.fromEntries(Object.entries(layout).map(([name, text]) => [name, BigInt(text)]));
    const word = (pa) => vm.at(pa, 8)?.getBigUint64(0, true) ?? 0n;
    const mmAt = word(L.mm - L.kernel + Frames.IMAGE_AT);
    if (!mmAt) return null;
    // mm lies in the direct map, whose start it names itself: RAM is what makes the difference come out right.
    const DIRECT = 0xffffffc000000000n, mm = mmAt - DIRECT;
    if (word(mm + L.direct) !== DIRECT) return null;
    const base = word(mm + L.base), npages = Number(word(mm + L.npages));
    const pages = vm.at(word(mm + L.pages) - DIRECT, npages * Number(L.page));
    return pages && { L, base, npages, pages, zones: Frames.readZones(vm, L, mm, word) };
  }

  static readZones(vm, L, mm, word) {
    const n = vm.at(mm + L.nzones, 4).getUint32(0, true), zones = [];
    for (let i = 0; i < n; i++) {
      const zone = mm + L.zones + BigInt(i) * L.zone, name = vm.at(word(zone + L.zoneName) - L.kernel + Frames.IMAGE_AT, 16);
      const bytes = name ? Array.from({ length: 16 }, (_, k) => name.getUint8(k)) : [];
      zones.push({ name: String.fromCharCode(...bytes.slice(0, bytes.indexOf(0))), free: Number(word(zone + L.zoneFree)),
        frames: Number(word(zone + L.zoneEnd) - word(zone + L.zoneStart)) });
    }
    return zones;
  }

  /* The kind of each frame, as an index into KINDS: what the head of its block says. */
  static classify({ L, npages, pages }) {
    const index = Object.fromEntries(Frames.KINDS.map(([name], i) => [name, i]));
    const kind = { [L.PAGE_RESERVED]: index.reserved, [L.PAGE_FREE]: index.free, [L.PAGE_CPU]: index.cpu, [L.PAGE_USED]: index.used,
      [L.PAGE_SLAB]: index.slab, [L.PAGE_KMALLOC]: index.kmalloc, [L.PAGE_HEAP]: index.kmalloc, [L.PAGE_TABLE]: index.table };
    const size = Number(L.page), state = Number(L.state), order = Number(L.order), flags = Number(L.flags), kinds = new Uint8Array(npages);
    for (let i = 0; i < npages;) {
      const head = i * size, what = pages.getUint8(head + state), anon = BigInt(pages.getUint8(head + flags)) & L.PAGE_ANON;
      const n = what === Number(L.PAGE_RESERVED) || what === Number(L.PAGE_CPU) ? 1 : 1 << Math.min(pages.getUint8(head + order), 10);
      kinds.fill(what === Number(L.PAGE_USED) && anon ? index.process : kind[what] ?? index.reserved, i, i + n);
      i += n;
    }
    return kinds;
  }

  draw(vm) {
    const seen = Frames.read(vm, RV_IMAGE.layout);
    if (!seen) return;
    const kinds = Frames.classify(seen), rows = Math.ceil(seen.npages / Frames.COLUMNS), counts = new Array(Frames.KINDS.length).fill(0);
    this.node.hidden = false;
    if (this.canvas.height !== rows) Object.assign(this.canvas, { width: Frames.COLUMNS, height: rows });
    this.canvas.style.aspectRatio = `${Frames.COLUMNS} / ${rows}`;
    const context = this.canvas.getContext("2d"), image = context.createImageData(Frames.COLUMNS, rows);
    kinds.forEach((kind, i) => {
      image.data.set([...Frames.KINDS[kind][2], 255], i * 4);
      counts[kind]++;
    });
    context.putImageData(image, 0, 0);
    counts.forEach((n, i) => { this.counts[i].textContent = n; });
    this.zones.textContent = seen.zones.map((z) => `Zone ${z.name}: ${z.free} of ${z.frames} frames free.`).join(" ");
    this.canvas.setAttribute("aria-label", `${seen.npages} frames by what they are used for; counts below`);
  }
};
