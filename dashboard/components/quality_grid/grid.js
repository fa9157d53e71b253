// The grid: draws the rows and columns in view, and keeps scroll, selection and ticks by id when the rows change.

const ROWS_BEYOND = 16, COLUMNS_BEYOND = 6;
const grids = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".rr");
  if (!grids.has(root)) grids.set(root, new Grid(root));
  const grid = grids.get(root), turn = grid.begin(setTriggerValue);
  grid.show(data);
  return () => grid.turn === turn && grid.end();
}

class Grid {
  constructor(root) {
    this.root = root;
    this.turn = 0;
    this.sheet = null;
    this.moment = { act: 0, height: null, shown: "", action: null, empty: "" };
    this.selected = null;
    this.ticked = new Set();
    this.picked = new Map(); // cells: "row|column" to [row, column]
    this.sort = null;
    this.column = null; // the name of the quality column that the keyboard is in
    this.rows = new Map();
    this.build();
    this.hover = new Hover(this);
    this.hand = new Hand(this);
    root.replaceChildren(this.scroll, this.foot, this.hover.card.box);
  }

  build() {
    this.scroll = element("div", "scroll");
    this.scroll.tabIndex = 0;
    this.scroll.setAttribute("role", "grid");
    this.scroll.setAttribute("aria-multiselectable", "true");
    this.body = element("div", "body");
    this.body.setAttribute("role", "rowgroup");
    this.foot = element("div", "foot");
    this.scroll.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.scroll);
    this.windowResized = () => this.setHeight();
    addEventListener("resize", this.windowResized);
  }

  begin(send) {
    this.send = send;
    this.turn += 1;
    this.root.style.colorScheme = schemeOf(this.root);
    return this.turn;
  }

  end() {
    this.resized.disconnect();
    removeEventListener("resize", this.windowResized);
    clearTimeout(this.hand.saying);
    this.hover.leave();
    const link = linkOf(this.sheet.key);
    if (link.grid === this) link.grid = null;
    grids.delete(this.root);
  }

  // ---- what the server says

  show(bytes) {
    if (this.sheet?.digest === digestOf(bytes)) return;
    const isFirst = this.sheet === null, anchor = this.anchor();
    this.sheet = sheetOf(bytes);
    this.hover.forget();
    const link = linkOf(this.sheet.key);
    link.grid = this;
    if (link.moment) this.take(link.moment);
    this.setHeight();
    this.draw();
    if (isFirst) this.reveal(this.sheet.at.get(this.selected));
    else this.restore(anchor);
    this.paint();
  }

  follow(moment) {
    const { action } = this.moment, { selected } = this;
    this.take(moment);
    this.setHeight();
    if (action !== this.moment.action || !this.sheet.ids.length) this.draw();
    if (selected !== this.selected) this.reveal(this.sheet.at.get(this.selected));
    this.paint();
    this.mark();
  }

  // A moment older than the last act of the hand must not undo what the person already sees.
  take(moment) {
    this.moment = moment;
    this.hand.answered(moment.act);
    if (moment.act === this.hand.act) {
      this.selected = moment.selected;
      this.ticked = new Set(moment.ticked);
      this.picked = new Map(moment.picked.map(([row, column]) => [cellKey(row, column), [row, column]]));
      this.sort = moment.sort;
    }
    if (moment.notes) this.hover.hear(moment.notes);
  }

  // ---- drawing

  setHeight() {
    const top = this.root.getBoundingClientRect().top;
    this.root.style.height = `${this.moment.height ?? Math.max(260, innerHeight - top - 12)}px`;
  }

  fit() {
    if (!this.sheet) return;
    if (this.scroll.clientWidth !== this.room) this.draw();
    this.paint();
  }

  draw() {
    const { ids, look } = this.sheet;
    this.room = this.scroll.clientWidth;
    this.layout = layoutOf(this.sheet, this.room, this.moment.action);
    this.head = headOf(this.sheet, this.layout);
    this.body.style.width = `${this.layout.total}px`;
    this.body.style.height = `${ids.length * look.size.row}px`;
    this.clear();
    this.scroll.replaceChildren(this.head, this.body);
    if (ids.length === 0) this.scroll.append(element("div", "nothing", this.moment.empty));
    this.scroll.setAttribute("aria-rowcount", ids.length + 1);
    this.scroll.setAttribute("aria-colcount", this.layout.count);
    this.mark();
  }

  clear() {
    this.body.replaceChildren();
    this.rows.clear();
  }

  scrolled() {
    this.hover.leave();
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  paint() {
    const view = this.view();
    if (view.left !== this.drawn?.left || view.right !== this.drawn?.right) this.clear();
    this.drawn = view;
    for (const [at, row] of this.rows) {
      if (at >= view.top && at < view.bottom) continue;
      row.remove();
      this.rows.delete(at);
    }
    const fresh = document.createDocumentFragment();
    for (let at = view.top; at < view.bottom; at += 1) {
      if (this.rows.has(at)) continue;
      const row = rowOf(this.sheet, at, this.layout, view);
      this.markRow(row);
      this.rows.set(at, row);
      fresh.append(row);
    }
    this.body.append(fresh);
    if (this.root.dataset.painted !== this.sheet.digest) performance.mark("quality-grid-painted");
    this.root.dataset.painted = this.sheet.digest;
  }

  // The rows and columns to draw: those in view, and some beyond so that scrolling shows no gap.
  view() {
    const { columns, frozenWidth } = this.layout, from = this.scroll.scrollLeft, to = from + this.room - frozenWidth;
    const top = Math.max(0, Math.floor(this.scroll.scrollTop / this.sheet.look.size.row) - ROWS_BEYOND);
    const bottom = Math.min(this.sheet.ids.length, top + this.rowsInView() + 2 * ROWS_BEYOND);
    const first = columns.findIndex((column) => column.left + column.width > from);
    const last = columns.findLastIndex((column) => column.left < to);
    const left = Math.max(0, COLUMNS_BEYOND * (Math.floor(first / COLUMNS_BEYOND) - 1));
    const right = Math.min(columns.length, COLUMNS_BEYOND * (Math.floor(last / COLUMNS_BEYOND) + 2));
    return { top, bottom, left, right, columns: columns.slice(left, right) };
  }

  rowsInView() {
    return Math.ceil(this.scroll.clientHeight / this.sheet.look.size.row);
  }

  mark() {
    const { ids } = this.sheet, shown = ids.filter((id) => this.ticked.has(id)).length;
    showSort(this.head, this.sort);
    const all = shown > 0 && shown === ids.length;
    this.head.querySelector(".box").setAttribute("aria-checked", all ? "true" : shown > 0 ? "mixed" : "false");
    for (const row of this.rows.values()) this.markRow(row);
    showFoot(this.foot, this.sheet, this.moment.shown, { rows: this.ticked.size, cells: this.picked.size });
    this.pointAt(ids.indexOf(this.selected));
  }

  markRow(row) {
    const isCurrent = row.dataset.id === this.selected;
    row.classList.toggle("current", isCurrent);
    row.setAttribute("aria-selected", String(isCurrent));
    row.querySelector(".box").setAttribute("aria-checked", String(this.ticked.has(row.dataset.id)));
    row.querySelectorAll(".here, .picked").forEach((cell) => cell.classList.remove("here", "picked"));
    for (const [id, column] of this.picked.values()) {
      if (id === row.dataset.id) cellOf(row, column)?.classList.add("picked");
    }
    if (isCurrent && this.column) cellOf(row, this.column)?.classList.add("here");
  }

  pointAt(at) {
    const column = this.layout.columns.find(({ name }) => name === this.column);
    if (at < 0) this.scroll.removeAttribute("aria-activedescendant");
    else this.scroll.setAttribute("aria-activedescendant", column ? `cell-${at}-${column.index}` : `row-${at}`);
  }

  // ---- where we are: the id of the first row in view, never its position

  anchor() {
    if (this.sheet === null || this.scroll.scrollTop === 0) return null;
    const { row } = this.sheet.look.size;
    return { id: this.sheet.ids[Math.floor(this.scroll.scrollTop / row)], offset: this.scroll.scrollTop % row };
  }

  restore(anchor) {
    const at = this.sheet.at.get(anchor?.id);
    if (this.toTop) this.scroll.scrollTop = 0;
    else if (at !== undefined) this.scroll.scrollTop = at * this.sheet.look.size.row + anchor.offset;
    this.toTop = false;
  }

  reveal(at) {
    if (at === undefined) return;
    const { row } = this.sheet.look.size, room = this.scroll.clientHeight - this.head.offsetHeight, top = at * row;
    if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
    else if (top + row > this.scroll.scrollTop + room) this.scroll.scrollTop = top + row - room;
  }

  revealColumn({ left, width }) {
    const room = this.room - this.layout.frozenWidth;
    if (left < this.scroll.scrollLeft) this.scroll.scrollLeft = left;
    else if (left + width > this.scroll.scrollLeft + room) this.scroll.scrollLeft = left + width - room;
  }
}

// Streamlit sets the colour scheme on its app but not on its dialogs, so it is read from the background it paints.
function schemeOf(root) {
  const probe = element("i");
  probe.style.color = "var(--st-background-color)";
  root.append(probe);
  const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  probe.remove();
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128 ? "dark" : "light";
}
