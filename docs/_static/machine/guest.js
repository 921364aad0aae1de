/* The kernel inside the machine, as tools/rv/guest.h tells of it: records in the module's memory become objects. Knows nothing of the page;
 * node runs it too. A look is good until the machine runs on. */
globalThis.Guest = class Guest {
  static HOLE = 0;
  static TABLE = 0;
  static PARKED = 2;
  static ZERO = 1 << 16;
  static SCATTERED = 1 << 17;

  constructor(vm) {
    this.vm = vm;
  }

  /* False: there is no kernel yet. */
  look() {
    return !!this.vm.x.page_look(this.vm.x.page_machine());
  }

  /* n records of so many bytes, each read by a function of a view of it. */
  records(n, nbytes, read) {
    const memory = this.vm.x.memory.buffer, seen = this.vm.x.page_seen();
    return Array.from({ length: n }, (_, i) => read(new DataView(memory, seen + i * nbytes, nbytes)));
  }

  static text(view, at, most) {
    let text = "";
    for (let i = at, c; i < at + most && (c = view.getUint8(i)); i++) text += String.fromCharCode(c);
    return text;
  }

  /* The kind of each frame. */
  frames() {
    const n = this.vm.x.page_frames(), seen = this.vm.x.page_seen();
    return this.vm.bytes.subarray(seen, seen + n);
  }

  zones() {
    return this.records(this.vm.x.page_zones(), 24, (v) => (
      { name: Guest.text(v, 0, 16), free: v.getUint32(16, true), managed: v.getUint32(20, true) }));
  }

  procs() {
    return this.records(this.vm.x.page_procs(), 32, (v) => (
      { pid: v.getUint32(0, true), space: v.getBigUint64(8, true), name: Guest.text(v, 16, 16) }));
  }

  /* Regions and holes. */
  tiles(space) {
    return this.records(this.vm.x.page_tiles(space), 56, (v) => (
      { start: v.getBigUint64(0, true), end: v.getBigUint64(8, true), hole: v.getUint32(16, true) === Guest.HOLE, prot: v.getUint32(20, true),
        flags: v.getUint32(24, true), frames: v.getUint32(28, true), name: Guest.text(v, 32, 24) }));
  }

  /* Tables, each followed by what is in it. */
  rows(space) {
    return this.records(this.vm.x.page_rows(space), 40, (v) => (
      { start: v.getBigUint64(0, true), end: v.getBigUint64(8, true), pa: v.getBigUint64(16, true), kind: v.getUint32(24, true),
        height: v.getUint32(28, true), count: v.getUint32(32, true), bits: v.getUint32(36, true) }));
  }
};
