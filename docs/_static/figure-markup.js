/* Live figures: the screen's language (docs/figures/live/fig.h) to markup. The same code draws the still pictures, in node. */
(() => {
  "use strict";
  const { words } = globalThis.ManulFigure;
  const escape = (s) => String(s).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

  function cellOf(row) {
    if (row.startsWith("press ")) {
      const [, length, kind, action, arg, label] = words(row, 5);
      return { length: +length, kind, label, action, arg };
    }
    const [, length, kind, label] = words(row, 3);
    return { length: +length, kind, label };
  }

  const UNIT = 18;	/* pixels that a cell of length 1 should have */

  const FEW = 8;	/* cells that are as wide as their labels */
  const textWidth = (text) => 6.5 * text.length + 4;

  /* Rows enough for that; but of many cells not too many rows. */
  function columnsFor(cells, total, width) {
    const few = cells.length === total && total <= FEW;
    const rows = few ? Math.ceil(total / Math.max(1, Math.floor(width / Math.max(...cells.map((c) => textWidth(c.label) + 4))))) :
      Math.min(Math.ceil(total * UNIT / width - 0.1), width < 500 ? 6 : 4);
    return Math.ceil(total / Math.max(1, rows));
  }

  /* What of a label has room. */
  const fitting = (label, room) => [label, label.split(/[ :,]/)[0]].find((text) => text && room > textWidth(text)) ?? "";

  /* A cell's rectangles, from place at, and its label in the widest. */
  function rectangles(c, at, columns, unit, H, GAP) {
    const parts = [], out = [];
    for (let left = c.length; left > 0; left -= parts.at(-1).n) {
      const x = (at + c.length - left) % columns, row = Math.floor((at + c.length - left) / columns);
      parts.push({ x: x * unit, y: row * (H + GAP) + 2, n: Math.min(left, columns - x) });
    }
    const gap = unit * c.length < 12 ? 0.4 : 1, widest = parts.reduce((a, b) => (b.n > a.n ? b : a));
    for (const { x, y, n } of parts)
      out.push(`<rect class="${c.kind}" x="${(x + gap).toFixed(1)}" y="${y}" width="${(n * unit - 2 * gap).toFixed(1)}" height="${H}" rx="${gap === 1 ? 3 : 1}"/>`);
    const label = fitting(c.label, widest.n * unit);
    if (label) out.push(`<text x="${(widest.x + widest.n * unit / 2).toFixed(1)}" y="${widest.y + H / 2 + 4}" text-anchor="middle" font-size="12">${escape(label)}</text>`);
    return out.join("");
  }

  /* A row of cells, folded to the width; a cell may go over several rows. */
  function strip(title, cells, width, pressable) {
    const H = 34, GAP = 6, total = cells.reduce((n, c) => n + c.length, 0) || 1;
    const columns = columnsFor(cells, total, width), unit = width / columns, out = [];
    let at = 0;
    for (const c of cells) {
      const press = pressable && c.action !== undefined;
      out.push(press ? `<g class="cell" tabindex="0" role="button" aria-label="${escape(c.label)}: press" data-action="${c.action}" data-arg="${c.arg}">` : `<g class="cell">`);
      out.push(`<title>${escape(c.label)}</title>${rectangles(c, at, columns, unit, H, GAP)}</g>`);
      at += c.length;
    }
    const h = Math.ceil(total / columns) * (H + GAP);
    return `<p class="fig-title">${escape(title)}</p><svg viewBox="0 0 ${width} ${h}" width="${width}" height="${h}" role="group" aria-label="${escape(title)}">${out.join("")}</svg>`;
  }

  const tableRow = (row, tag) => "<tr>" + row.split("|").map((cell, i) => {
    const t = i === 0 || tag === "th" ? "th" : "td";
    return `<${t}${t === "th" ? ` scope="${tag === "th" ? "col" : "row"}"` : ""}>${escape(cell)}</${t}>`;
  }).join("") + "</tr>";

  function task(rest) {
    const [done, sentence] = words(rest, 1);
    return `<p class="fig-task${done === "1" ? " done" : ""}"><strong>Task:</strong> ${escape(sentence)}${done === "1" ? " ✓ Done." : ""}</p>`;
  }

  /* pressable: whether its cells can be pressed now. */
  function markup(screen, width, pressable) {
    const out = [], rows = screen.rows;
    for (let i = 0; i < rows.length;) {
      const [kind, rest] = words(rows[i++], 1);
      if (kind === "strip") {
        const cells = [];
        while (i < rows.length && /^(cell|press) /.test(rows[i])) cells.push(cellOf(rows[i++]));
        out.push(strip(rest, cells.filter((c) => c.length > 0), width, pressable));
      } else if (kind === "table") {
        const body = [];
        while (i < rows.length && rows[i].startsWith("row ")) body.push(tableRow(rows[i++].slice(4), "td"));
        out.push(`<div class="fig-scroll"><table class="fig-table"><thead>${tableRow(rest, "th")}</thead><tbody>${body.join("")}</tbody></table></div>`);
      } else {
        out.push(kind === "task" ? task(rest) : `<p>${escape(rest)}</p>`);
      }
    }
    return out.join("");
  }

  /* First and last line, from 1, of the function around a line, and its name; by the house style its braces stand in column 0. */
  function functionAt(lines, line) {
    let first = line - 1, last = line - 1;
    while (first > 0 && lines[first] !== "{") first--;
    while (last < lines.length - 1 && lines[last] !== "}") last++;
    const name = /(\w+)\(/.exec(lines[first - 1] ?? "");
    return { first, last: last + 1, name: name ? name[1] : "" };
  }

  function codePane(sources, at) {
    const lines = sources[at.file], { first, last } = functionAt(lines, at.line), out = [];
    for (let i = first; i <= last; i++)
      out.push(`<span class="${i === at.line ? "fig-now" : ""}"${i === at.line ? ' aria-current="step"' : ""}>${escape(`${String(i).padStart(4)}  ${lines[i - 1]}`)}\n</span>`);
    const where = escape(`${at.file}, line ${at.line}`);
    return `<p class="fig-title">${where}</p><pre class="fig-code" tabindex="0" aria-label="${where}">${out.join("")}</pre>`;
  }

  function control(row) {
    const [kind, action, rest] = words(row, 2), [label, ...more] = rest.split("|");
    const act = `data-action="${action}"`;
    const button = `<button type="button" ${act}>${escape(label)}</button>`;
    if (kind === "number") {
      const [name, min, max, value] = more;
      return `<span class="fig-control">${button} <label>${escape(name)} <input type="number" min="${min}" max="${max}" value="${value}" required></label></span>`;
    }
    if (kind === "slider") {
      const [name, min, max, value] = more;
      return `<span class="fig-control">${button} <label>${escape(name)} <input type="range" min="${min}" max="${max}" value="${value}"> <output>${value}</output></label></span>`;
    }
    if (kind === "choice")
      return `<span class="fig-control">${button} <select aria-label="${escape(label)}">${more.map((m, i) => `<option value="${i}">${escape(m)}</option>`).join("")}</select></span>`;
    return `<span class="fig-control">${button}</span>`;
  }

  /* ---- the prediction ---- */

  const sentence = (q) => `<strong>Predict first:</strong> ${escape(q.sentence)}`;

  /* Without script. */
  const questionText = (q) => `<p class="fig-ask">${sentence(q)}${q.choices.length ? ` <em>${q.choices.map(escape).join(" / ")}</em>` : ""}</p>`;

  function questionForm(q, name) {
    const inputs = q.kind === "number" ? `<label>Your number <input type="number" name="guess" min="${q.min}" max="${q.max}" required></label>` :
      q.choices.map((c, i) => `<label class="fig-choice"><input type="radio" name="guess" value="${i}" required> ${escape(c)}</label>`).join("");
    return `<form class="fig-ask" aria-label="Prediction for ${escape(name)}"><p>${sentence(q)}</p><div class="fig-inputs">${inputs}` +
      `<span class="fig-control"><button type="submit">Predict</button><button type="button" data-do="Show">Show me</button></span></div></form>`;
  }

  /* guess: null if it was skipped. */
  function verdict(q, guess, answer) {
    const right = guess === answer.value, said = guess === null ? "The" : `You said ${q.choices[guess] ?? guess}. ${right ? "Right" : "Not so"}: the`;
    return `<p class="fig-ask" tabindex="-1">${sentence(q)}</p><p class="fig-verdict ${guess === null ? "" : right ? "right" : "wrong"}">` +
      `${escape(said)} code says <strong>${escape(answer.label)}</strong>. ${escape(answer.why)}</p>`;
  }

  /* ---- beside the reference ---- */

  /* An operation in the words of its control. */
  function nameOf(controls, [action, arg]) {
    const row = controls.find((c) => +words(c, 2)[1] === action);
    if (!row) return `pressed, number ${arg}`;
    const [kind, , rest] = words(row, 2), [label, ...more] = rest.split("|");
    return kind === "button" ? label : `${label} ${kind === "choice" ? more[arg] : arg}`;
  }

  function departedAt({ departed, mine }) {
    const { step, lines, name, kind } = departed;
    if (!step) return "before the first step";
    const where = !lines ? "in no line that can be stepped through" : `in ${name ? `function ${name}()` : "a function"}, line ${lines[0].line} of ${lines[0].file}` +
      (kind === "code" ? ", which is not what the reference runs there" : ", after which the state is another");
    return `at step ${step} (${nameOf(mine.program.controls, mine.program.history[step - 1])}), ${where}`;
  }

  /* One of the two: what the step led to, and the line. */
  function side(title, { screens, lines }, i, sources, width) {
    const said = screens[i].said ? `<p class="fig-said">${escape(screens[i].said)}</p>` : "";
    const state = { rows: screens[i].rows.filter((row) => !row.startsWith("task ")) };
    return `<div><p><strong>${title}</strong></p>${said}${markup(state, width, false)}${lines ? codePane(sources, lines[i]) : ""}</div>`;
  }

  /* twins: figure-compare.js; searched: what a search came to, in words. */
  function departure(twins, commit, searched, width) {
    const look = `<button type="button" data-do="Search">Look for a difference</button>`;
    if (!twins.departed)
      return `<p>The mm/ here is not that of the reference, ${escape(commit)}. ${escape(searched ?? "So far both are in the same state.")} ${look}</p>`;
    const half = width > 560 ? Math.floor(width / 2) - 10 : width, { step } = twins.departed;
    return `<p role="status"><strong>First differs from the reference, ${escape(commit)},</strong> ${escape(departedAt(twins))}.</p><div class="fig-two">` +
      side(`Yours, after step ${step}`, twins.departed, 0, twins.mine.sources, half) +
      side(`The reference, after step ${step}`, twins.departed, 1, twins.theirs.sources, half) + "</div>";
  }

  /* What stands in the page until the script runs, and on paper. */
  const still = (program, width) => questionText(program.question) + markup(program.screen(), width, false);

  Object.assign(globalThis.ManulFigure, { escape, markup, functionAt, codePane, control, questionForm, verdict, departure, still });
})();
