// What the person does: it is painted at once, numbered, and said to the server, which answers with the last number.
// Streamlit keeps one message of those that come while it is busy, so each says again what is not answered yet.

const IMPLIES_SELECTED = new Set(["opened", "cell"]);
const SAY_AFTER_MS = 120; // arrows held down are said when they come to rest

class Hand {
  constructor(grid) {
    this.grid = grid;
    this.act = 0;
    this.unanswered = new Map(); // what was done to the act that said so: "ticked" to { act, value }
    const { scroll } = grid;
    scroll.addEventListener("click", (event) => this.clicked(event));
    scroll.addEventListener("dblclick", (event) => this.doubleClicked(event));
    scroll.addEventListener("keydown", (event) => {
      if (!grid.sheet || !keyAct(this, event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  clicked(event) {
    if (event.detail > 1) return;
    const on = (selector) => event.target.closest(selector);
    if (on(".out")) return;
    const id = on(".row")?.dataset.id;
    if (on(".head .tick")) this.tickAll();
    else if (on(".head .name")) this.sortBy(on(".head .name").dataset.column);
    else if (id === undefined) return;
    else if (on(".tick")) this.tick(id, event.shiftKey);
    else if (on(".act")) this.say("acted", id);
    else if (on(".k")) this.clickedCell(id, on(".k").dataset.column, event);
    else this.select(id);
  }

  // Ctrl or Cmd picks the cell beside others, Shift all from the last one to this; a plain click asks what is in it.
  clickedCell(id, column, event) {
    if (event.shiftKey) this.pickThrough(id, column);
    else if (event.ctrlKey || event.metaKey) this.pick(id, column);
    else this.openCell(id, column);
  }

  doubleClicked(event) {
    const id = event.target.closest(".row")?.dataset.id;
    if (id !== undefined && !event.target.closest(".tick, .act")) this.open(id);
  }

  say(name, value) {
    this.takePending(IMPLIES_SELECTED.has(name));
    this.count();
    this.unanswered.set(name, { act: this.act, value });
    this.tell();
  }

  tell() {
    for (const [name, said] of this.unanswered) this.grid.send(name, said);
  }

  // The server has heard of every act up to this one.
  answered(act) {
    this.act = Math.max(this.act, act);
    for (const [name, said] of this.unanswered) {
      if (said.act <= act) this.unanswered.delete(name);
    }
  }

  // Acts are numbered by the clock, so that they go on growing when the page is left and entered again.
  count() {
    this.act = Math.max(this.act + 1, Date.now());
  }

  takePending(isImplied) {
    clearTimeout(this.saying);
    const id = this.pending;
    this.pending = undefined;
    if (id !== undefined && !isImplied) this.unanswered.set("selected", { act: this.act, value: id });
  }

  sayPending() {
    this.takePending(false);
    this.tell();
  }

  select(id, soon = false) {
    if (id === this.grid.selected) return;
    this.grid.selected = id;
    this.grid.mark();
    this.count();
    clearTimeout(this.saying);
    this.pending = id;
    if (soon) this.saying = setTimeout(() => this.sayPending(), SAY_AFTER_MS);
    else this.sayPending();
  }

  step(by) {
    const { grid } = this, last = grid.sheet.ids.length - 1, now = grid.sheet.at.get(grid.selected);
    if (last < 0) return;
    const at = now === undefined ? (by === Infinity ? last : 0) : Math.min(last, Math.max(0, now + by));
    this.select(grid.sheet.ids[at], true);
    grid.reveal(at);
    grid.paint();
    grid.hover.onKeyboard();
  }

  stepColumn(by) {
    const { grid } = this, columns = grid.layout.columns.filter((column) => column.quality);
    if (columns.length === 0) return;
    const now = columns.findIndex(({ name }) => name === grid.column);
    const column = columns[Math.min(columns.length - 1, Math.max(0, now < 0 ? 0 : now + by))];
    if (!grid.sheet.at.has(grid.selected)) this.step(0);
    grid.column = column.name;
    grid.revealColumn(column);
    grid.paint();
    grid.mark();
    grid.hover.onKeyboard();
  }

  leaveCell() {
    const { grid } = this;
    grid.column = null;
    grid.hover.leave();
    if (grid.picked.size > 0) this.sayPicked(new Map());
    else grid.mark();
  }

  tick(id, through = false) {
    const { sheet, ticked } = this.grid, to = sheet.at.get(id);
    if (to === undefined) return;
    const on = !ticked.has(id), from = through ? (sheet.at.get(this.lastTicked) ?? to) : to;
    for (let at = Math.min(from, to); at <= Math.max(from, to); at += 1) {
      if (on) ticked.add(sheet.ids[at]);
      else ticked.delete(sheet.ids[at]);
    }
    this.lastTicked = id;
    this.sayTicked();
  }

  tickAll() {
    const { sheet, ticked } = this.grid, all = sheet.ids.every((id) => ticked.has(id));
    for (const id of sheet.ids) {
      if (all) ticked.delete(id);
      else ticked.add(id);
    }
    this.sayTicked();
  }

  sayTicked() {
    this.grid.mark();
    this.say("ticked", [...this.grid.ticked]);
  }

  open(id) {
    if (this.grid.sheet.at.has(id)) this.say("opened", id);
  }

  openCell(id, column) {
    if (!column || !this.grid.sheet.at.has(id)) return;
    this.grid.selected = id;
    this.grid.column = column;
    this.lastPicked = [id, column];
    this.grid.mark();
    this.say("cell", [id, column]);
  }

  pick(id, column) {
    const picked = new Map(this.grid.picked), key = cellKey(id, column);
    if (!picked.delete(key)) picked.set(key, [id, column]);
    this.lastPicked = [id, column];
    this.sayPicked(picked);
  }

  pickThrough(id, column) {
    const { sheet, layout, picked: before } = this.grid, [fromId, fromColumn] = this.lastPicked ?? [id, column];
    const columns = layout.columns.filter((one) => one.quality).map(({ name }) => name);
    const rows = [sheet.at.get(fromId) ?? sheet.at.get(id), sheet.at.get(id)].sort((a, b) => a - b);
    const names = [columns.indexOf(fromColumn), columns.indexOf(column)].sort((a, b) => a - b);
    const picked = new Map(before);
    for (const row of sheet.ids.slice(rows[0], rows[1] + 1)) {
      for (const name of columns.slice(Math.max(0, names[0]), names[1] + 1)) picked.set(cellKey(row, name), [row, name]);
    }
    this.sayPicked(picked);
  }

  sayPicked(picked) {
    this.grid.picked = picked;
    this.grid.mark();
    this.say("picked", [...picked.values()]);
  }

  sortBy(name) {
    const { grid } = this, columns = [...grid.layout.frozen, ...grid.layout.columns];
    grid.sort = sortAfter(grid.sort, columns.find((column) => column.name === name));
    grid.toTop = true;
    grid.mark();
    this.say("sort", grid.sort);
  }
}

function cellKey(id, column) {
  return `${id}|${column}`;
}
