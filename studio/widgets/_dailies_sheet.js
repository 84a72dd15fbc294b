// The contact sheet: as many rows of cells as the window shows and two beyond each edge, filled anew while it scrolls.

const DAILIES_CELL = 150; // a cell is at least this wide
const DAILIES_GAP = 12;
const DAILIES_TOP = 12;
const DAILIES_WORDS = 82; // under the picture: the label, two lines of camera, one line more
const DAILIES_CELLS = 100; // the most in the page
const DAILIES_BEYOND = 2; // rows beyond each edge
const DAILIES_ROWS = 120; // rows asked for in one message
const DAILIES_HOVER_MS = 80;
const DAILIES_MARKS = { c: "circle", h: "hold", n: "ng", "-": "" };
let dailiesSheets = 0;

/** The sheet: `set` gives it a list, `update` a row; `focused(label)` is told when another take has the focus. */
class DailiesSheet {
  constructor({ media, ask, fail, focused, played }) {
    Object.assign(this, { media, ask, fail, focused, played });
    this.id = `ct-sheet${++dailiesSheets}`;
    this.labels = [];
    this.index = new Map();
    this.marks = this.seen = this.accidents = [];
    this.rows = new Map();
    this.old = new Set(); // labels whose row is to be asked for again
    this.refused = new Set();
    this.pool = [];
    this.at = -1;
    this.top = 0;
    this.width = this.height = this.columns = this.pitch = 0;
    this.wish = null; // a place that waits for the sheet to have a size
    this.space = ct("div", { class: "ct-space", role: "presentation" });
    const here = { class: "ct-sheet", role: "grid", tabindex: "0", "aria-label": "Takes", "data-key": "sheet" };
    this.root = ct("div", here, this.space);
    this.listen();
  }

  listen() {
    const { root } = this;
    root.addEventListener(
      "scroll",
      () => {
        this.top = root.scrollTop;
        this.frame ??= requestAnimationFrame(() => this.draw());
      },
      { passive: true },
    );
    this.sized = new ResizeObserver(([{ contentRect }]) => this.resize(contentRect.width, contentRect.height));
    this.sized.observe(root);
    const cellAt = (event) => event.target.closest?.(".ct-cell")?.dailiesCell;
    root.addEventListener("click", (event) => {
      const cell = cellAt(event);
      if (cell?.label) this.go(cell.label);
    });
    root.addEventListener("dblclick", (event) => cellAt(event)?.label && this.played());
    let over = null,
      since = null,
      part = 0;
    const leave = () => {
      clearTimeout(since);
      since = null;
      over?.rest();
      over = null;
    };
    root.addEventListener("pointermove", (event) => {
      const cell = event.target.classList.contains("ct-pic") ? cellAt(event) : null;
      if (cell !== over) leave();
      if (!cell || event.pointerType === "touch") return;
      part = Math.max(0, Math.min(1, event.offsetX / this.wide));
      if (over === cell) return since === null ? cell.scrub(part) : undefined;
      over = cell;
      since = setTimeout(() => {
        since = null;
        over?.scrub(part);
      }, DAILIES_HOVER_MS);
    });
    root.addEventListener("pointerleave", leave);
  }

  /** Columns from the width, and never more than a hundred cells: with too many the cells are made larger. */
  resize(width, height) {
    if (!width || !height || (width === this.width && height === this.height)) return;
    const place = this.wish ?? this.place();
    this.width = width;
    this.height = height;
    let columns = Math.max(1, Math.floor((width + DAILIES_GAP) / (DAILIES_CELL + DAILIES_GAP)));
    for (; ; columns--) {
      this.wide = (width - DAILIES_GAP * (columns - 1)) / columns;
      this.pitch = Math.round((this.wide * 9) / 16) + DAILIES_WORDS;
      this.shown = Math.ceil(height / this.pitch) + 1;
      if (columns === 1 || columns * this.shown <= DAILIES_CELLS) break;
    }
    if (columns !== this.columns) {
      this.columns = columns;
      this.pool = [];
      this.space.replaceChildren();
      this.space.style.setProperty("--columns", columns);
    }
    const most = Math.floor(DAILIES_CELLS / columns);
    this.many = Math.min(most, this.shown + 2 * DAILIES_BEYOND);
    this.root.setAttribute("aria-colcount", columns);
    this.restore(place);
  }

  /** Where we are: the take with the focus, and which row stands how far from the upper edge. */
  place() {
    if (this.wish) return this.wish;
    const rowAt = Math.max(0, Math.floor((this.top - DAILIES_TOP) / (this.pitch || 1)));
    const own = Math.floor(this.at / (this.columns || 1));
    const visible = this.at >= 0 && own >= rowAt && own <= rowAt + this.shown - 1;
    const anchor = visible ? own : rowAt;
    return {
      label: this.label,
      anchor: (visible ? this.label : this.labels[anchor * this.columns]) ?? "",
      offset: this.pitch ? anchor * this.pitch - this.top : 0,
    };
  }

  restore(place, before = []) {
    const find = (label) => {
      if (this.index.has(label)) return this.index.get(label);
      const from = before.indexOf(label);
      const near = from < 0 ? undefined : before.slice(from).find((each) => this.index.has(each));
      const back = from < 0 ? undefined : before.slice(0, from).findLast((each) => this.index.has(each));
      return this.index.get(near ?? back) ?? -1;
    };
    if (!this.width) {
      this.wish = place;
      this.at = this.labels.length ? Math.max(0, find(place.label)) : -1;
      return;
    }
    this.wish = null;
    const rows = Math.ceil(this.labels.length / this.columns);
    this.root.setAttribute("aria-rowcount", rows);
    const tall = rows * this.pitch + DAILIES_TOP;
    this.space.style.height = `${tall}px`;
    this.at = this.labels.length ? Math.max(0, find(place.label)) : -1;
    const anchor = find(place.anchor);
    const top = anchor < 0 ? 0 : Math.floor(anchor / this.columns) * this.pitch - place.offset;
    this.scroll(Math.max(0, Math.min(top, tall - this.height)));
    if (anchor < 0) this.reveal();
    for (const row of this.pool) row.at = -1;
    this.draw();
  }

  /** Another list, or the same one anew: the focus and the place stay. */
  set(list, place = this.place()) {
    const before = this.labels,
      was = this.label;
    this.labels = list.labels;
    this.index = new Map(list.labels.map((label, at) => [label, at]));
    this.marks = [...list.marks].map((mark) => DAILIES_MARKS[mark] ?? "");
    this.seen = [...list.seen].map((mark) => mark === "1");
    this.accidents = [...list.accidents].map((mark) => mark === "1");
    this.restore(place, before);
    if (this.label !== was) this.focused(this.label);
  }

  get label() {
    return this.labels[this.at] ?? "";
  }

  /** What is known of a take without asking. */
  row(label) {
    const at = this.index.get(label);
    return (
      this.rows.get(label) ?? { take: label, verdict: this.marks[at] ?? "", accident: this.accidents[at] ?? false }
    );
  }

  /** All that is known of a take: asked for where it is not here. */
  async whole(label) {
    if (!this.rows.has(label)) this.told(await this.ask("rows", { takes: [label] }));
    return this.rows.get(label);
  }

  told(rows) {
    for (const [label, row] of Object.entries(rows)) {
      this.rows.set(label, row);
      this.old.delete(label);
    }
  }

  /** A row that was just written. */
  update(row) {
    this.told({ [row.take]: row });
    const at = this.index.get(row.take);
    if (at !== undefined) {
      this.marks[at] = row.verdict;
      this.accidents[at] = row.accident;
      this.seen[at] = Boolean(row.verdict || row.accident);
    }
    this.draw();
  }

  /** Something was written elsewhere: what is known is drawn until it is told anew. */
  stale() {
    this.old = new Set(this.rows.keys());
    this.refused.clear();
  }

  /** Give the focus to a take of the list; false if it is not in it. */
  go(label) {
    const at = this.index.get(label);
    if (at === undefined) return false;
    this.at = at;
    this.reveal();
    this.draw();
    this.focused(label);
    return true;
  }

  move(key) {
    const { columns } = this,
      last = this.labels.length - 1,
      page = Math.max(1, Math.floor(this.height / this.pitch)) * columns;
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, PageDown: page, PageUp: -page };
    let to = key === "Home" ? 0 : key === "End" ? last : this.at + by[key];
    if (/Page/.test(key)) to = Math.max(0, Math.min(last, to));
    if (key === "ArrowDown" && to > last && Math.floor(this.at / columns) < Math.floor(last / columns)) to = last;
    if (to >= 0 && to <= last) this.go(this.labels[to]);
  }

  /** The next take not seen, from here on and then from the start; none of `skip`. */
  next(skip = new Set()) {
    const { labels, seen } = this;
    for (let step = 1; step <= labels.length; step++) {
      const at = (Math.max(0, this.at) + step) % labels.length;
      if (!seen[at] && !skip.has(labels[at])) return labels[at];
    }
    return "";
  }

  /** Show the next or previous picture of the focused take's strip. */
  step(by) {
    const cell = this.cellOf(this.label);
    if (!cell) return;
    this.stepped = this.stepped?.label === this.label ? this.stepped : { label: this.label, at: by > 0 ? -1 : 1 };
    this.stepped.at = Math.max(0, Math.min(DAILIES_STRIP - 1, this.stepped.at + by));
    cell.scrub((this.stepped.at + 0.5) / DAILIES_STRIP);
  }

  cellOf(label) {
    for (const row of this.pool) for (const cell of row.cells) if (label && cell.label === label) return cell;
    return null;
  }

  scroll(top) {
    this.top = top;
    this.root.scrollTop = top;
  }

  reveal() {
    if (!this.width || this.at < 0) return;
    const top = Math.floor(this.at / this.columns) * this.pitch;
    if (top < this.top) this.scroll(top);
    else if (top + this.pitch + DAILIES_TOP > this.top + this.height)
      this.scroll(top + this.pitch + DAILIES_TOP - this.height);
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    if (!this.width) return;
    const rows = Math.ceil(this.labels.length / this.columns),
      many = Math.min(this.many, rows);
    while (this.pool.length < many) this.pool.push(this.makeRow(this.pool.length));
    const above = Math.floor((this.many - this.shown) / 2);
    const first = Math.max(0, Math.min(Math.floor((this.top - DAILIES_TOP) / this.pitch) - above, rows - many));
    let active = "";
    const wanted = [],
      used = new Set();
    for (let at = first; at < first + many; at++) {
      const row = this.pool[at % this.pool.length];
      used.add(row);
      this.fillRow(row, at, wanted);
      if (this.at >= 0 && Math.floor(this.at / this.columns) === at) active = row.cells[this.at % this.columns].root.id;
    }
    for (const row of this.pool) row.root.hidden = !used.has(row);
    if (active) this.root.setAttribute("aria-activedescendant", active);
    else this.root.removeAttribute("aria-activedescendant");
    if (wanted.length && !this.asking) this.fetch(wanted.slice(0, DAILIES_ROWS));
  }

  makeRow(number) {
    const cells = Array.from({ length: this.columns }, (_, column) => {
      const cell = dailiesCell(`${this.id}-${number}-${column}`, this.media);
      cell.root.setAttribute("aria-colindex", column + 1);
      cell.root.dailiesCell = cell;
      return cell;
    });
    const root = ct(
      "div",
      { class: "ct-sheetrow", role: "row" },
      cells.map((cell) => cell.root),
    );
    this.space.append(root);
    return { root, cells, at: -1 };
  }

  fillRow(row, at, wanted) {
    if (row.at !== at) {
      row.at = at;
      row.root.setAttribute("aria-rowindex", at + 1);
      row.root.style.transform = `translateY(${DAILIES_TOP + at * this.pitch}px)`;
    }
    for (const [column, cell] of row.cells.entries()) {
      const index = at * this.columns + column,
        label = this.labels[index] ?? "";
      cell.name(label);
      if (!label) continue;
      const known = this.rows.get(label);
      if (known) cell.paint(known);
      else if (!cell.row) cell.paint(this.row(label));
      if ((!known || this.old.has(label)) && !this.refused.has(label)) wanted.push(label);
      const on = index === this.at;
      if (cell.on === on) continue;
      cell.on = on;
      cell.root.classList.toggle("is-on", on);
      cell.root.setAttribute("aria-selected", String(on));
      if (!on) cell.rest();
    }
  }

  /** One message at a time: what was passed by while it was under way is not asked for. */
  async fetch(takes) {
    this.asking = true;
    try {
      this.told(await this.ask("rows", { takes }));
      for (const take of takes) if (!this.rows.has(take) || this.old.has(take)) this.refused.add(take);
    } catch (refused) {
      for (const take of takes) this.refused.add(take);
      this.fail(refused.message);
    }
    this.asking = false;
    if (!this.closed) this.draw();
  }

  close() {
    this.closed = true;
    this.sized.disconnect();
    cancelAnimationFrame(this.frame);
  }
}
