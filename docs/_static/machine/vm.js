/* The machine of tools/rv as an object: unpack, boot, run for a while, type, look. Knows nothing of the page; node runs it too. */
globalThis.Vm = class Vm {
  static BLOCK = 65536;
  static STATS = ["instructions", "traps", "walks", "faults", "ticks", "calls", "blocks"];

  static async unpack(text) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  static UBOOT_MEM = 256;      // it loads what it reads to fixed addresses, some way into RAM

  /* wasm, image and uboot as tools/pack.py writes them; mem in MiB; words for the kernel's command line. With uboot that is what is started:
   * it finds the kernel on the disk, and the words there. */
  static async boot({ wasm, image, uboot = null, mem = 64, words = "", seconds = Date.now() / 1000 }) {
    const [module, kernel, disk, layout] = await Promise.all([wasm, uboot ?? image.kernel, image.disk, image.layout].map(Vm.unpack));
    if (uboot) mem = Math.max(mem, Vm.UBOOT_MEM);
    const { instance } = await WebAssembly.instantiate(module, {});
    const vm = new Vm(instance.exports);
    vm.mem = mem;
    vm.ram = vm.grab(mem << 20);
    const diskAt = vm.grab(image.diskBytes);
    vm.x.page_set_up(vm.ram, mem, diskAt, image.diskBytes, Math.floor(seconds));
    vm.putDisk(diskAt, disk);
    if (layout.length !== vm.x.page_layout_bytes()) throw new Error("the kernel is not of the same build as the machine");
    vm.bytes.set(layout, vm.x.page_layout());
    const line = new TextEncoder().encode(`root=/dev/vda1 ${words}`.trim() + "\0");
    if (!vm.x.page_boot(vm.put(kernel), kernel.length, vm.put(line))) throw new Error("the kernel does not fit into the memory");
    return vm;
  }

  constructor(exports) {
    this.x = exports;
  }

  get bytes() {
    return new Uint8Array(this.x.memory.buffer);
  }

  grab(nbytes) {
    const at = this.x.page_grab(nbytes) >>> 0;
    if (!at) throw new Error("the browser has no memory for the machine");
    return at;
  }

  put(data) {
    const at = this.grab(data.length);
    this.bytes.set(data, at);
    return at;
  }

  putDisk(at, packed) {
    const view = new DataView(packed.buffer, packed.byteOffset), bytes = this.bytes;
    for (let i = 0; i < packed.length; i += 4 + Vm.BLOCK)
      bytes.set(packed.subarray(i + 4, i + 4 + Vm.BLOCK), at + view.getUint32(i, true) * Vm.BLOCK);
  }

  type(text) {
    for (const c of new TextEncoder().encode(text)) this.x.page_key(c);
  }

  /* Run for about so many milliseconds, or until it waits. What it printed, and whether it waits. */
  slice(ms) {
    const SLICE = 200000, MAX_SLEEP_US = 10000, end = performance.now() + ms, printed = [];
    let waits = false;
    do {
      this.x.page_run(SLICE);
      const n = this.x.page_take_output();
      if (n) printed.push(this.bytes.slice(this.x.page_output(), this.x.page_output() + n));
      waits = !!this.x.page_sleep(MAX_SLEEP_US);
    } while (!waits && !this.ended && performance.now() < end);
    return { printed, waits };
  }

  get ended() {
    return this.x.page_end();
  }

  get stats() {
    return Object.fromEntries(Vm.STATS.map((name, i) => [name, this.x.page_stat(i)]));
  }
};
