/* The page tables of one process as a tree to be unfolded: what the machine's walk would find. Nodes are kept from one drawing to the next, so
 * that what is unfolded stays so, and what is focused too; what is folded has no nodes. */
globalThis.Tables = class Tables {
  static BITS = ["V", "R", "W", "X", "U", "G", "A", "D"];

  constructor(redraw) {
    this.redraw = redraw;
    this.node = document.createElement("div");
    this.node.className = "machine-tables";
    this.kept = new Map();
  }

  static hex(value) {
    return `0x${BigInt.asUintN(64, value).toString(16)}`;
  }

  static range(row) {
    return `${Tables.hex(row.start)} – ${Tables.hex(row.end - 1n)}`;
  }

  static text(row) {
    const frame = Tables.hex(row.pa >> 12n), entries = `${row.count} ${row.count === 1 ? "entry" : "entries"}`;
    if (row.kind === Guest.TABLE) return `Level ${row.height}, frame ${frame}: ${entries} for ${Tables.range(row)}`;
    const letters = Tables.BITS.map((c, i) => (row.bits >> i & 1 ? c : "-")).slice(1).join("");
    const size = ["4 KiB", "2 MiB", "1 GiB"][row.height], many = row.count > 1 ? `${row.count} × ${size}` : size;
    const where = row.bits & Guest.ZERO ? "the frame of zeros" : row.count === 1 ? `frame ${frame}`
      : row.bits & Guest.SCATTERED ? `frames here and there, first ${frame}` : `frames from ${frame} on`;
    return `${Tables.range(row)}  ${letters}  ${many}, ${where}${row.bits >> 8 & 1 ? ", copied when written" : ""}` +
      (row.kind === Guest.PARKED ? ", not valid" : "");
  }

  /* The node of a row: of a table, details with a summary; of leaves, a line. */
  make(row) {
    if (row.kind !== Guest.TABLE) return document.createElement("div");
    const details = document.createElement("details"), summary = document.createElement("summary");
    details.append(summary);
    details.open = row.height === 2;
    details.addEventListener("toggle", this.redraw);
    return details;
  }

  /* Put nodes behind parent's first `fixed` children, moving none that stand where they should. */
  static place(parent, nodes, fixed) {
    let at = parent.childNodes[fixed] ?? null;
    for (const node of nodes)
      if (node === at) at = at.nextSibling;
      else parent.insertBefore(node, at);
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }

  /* The rows, which come flat, as what hangs on what. */
  static tree(rows) {
    const top = [], at = [];      // the last table of each height
    for (const row of rows) {
      const item = { row, children: [] }, parent = at[row.kind === Guest.TABLE ? row.height + 1 : row.height];
      (parent?.children ?? top).push(item);
      if (row.kind === Guest.TABLE) at[row.height] = item;
    }
    return top;
  }

  fill(parent, items, fixed, kept) {
    Tables.place(parent, items.map(({ row, children }) => {
      const table = row.kind === Guest.TABLE, key = `${table} ${row.height} ${row.start}`, node = this.kept.get(key) ?? this.make(row);
      kept.set(key, node);
      Tables.say(table ? node.firstChild : node, Tables.text(row));
      if (table) this.fill(node, node.open ? children : [], 1, kept);
      return node;
    }), fixed);
  }

  draw(guest, space) {
    const kept = new Map();
    this.fill(this.node, Tables.tree(guest.rows(space)), 0, kept);
    this.kept = kept;
  }

  static say(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }
};
