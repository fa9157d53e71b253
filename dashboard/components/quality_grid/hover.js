// The cell that the pointer or the keyboard rests on: its card, and the question to the server what was said there.

const ASK_AFTER_MS = 120; // a pointer that only passes asks nothing

class Hover {
  constructor(grid) {
    this.grid = grid;
    this.card = new Card();
    this.notes = new Map();
    this.cell = null;
    grid.scroll.addEventListener("mouseover", (event) => this.over(event.target.closest(".k")));
    grid.scroll.addEventListener("mouseleave", () => this.leave());
    grid.scroll.addEventListener("blur", () => this.leave());
  }

  over(cell) {
    if (cell === this.cell) return;
    this.leave();
    if (!cell) return;
    this.cell = cell;
    this.showing = setTimeout(() => this.show(true), this.grid.sheet.look.hover_ms);
  }

  onKeyboard() {
    const { rows, sheet, selected, column } = this.grid;
    const row = column && rows.get(sheet.at.get(selected));
    this.over(row ? cellOf(row, column) : null);
  }

  leave() {
    clearTimeout(this.showing);
    clearTimeout(this.asking);
    this.cell = null;
    this.card.hide();
  }

  show(ask) {
    if (!this.cell?.isConnected) return;
    const { sheet } = this.grid, name = this.cell.dataset.column, { id } = this.cell.closest(".row").dataset;
    const at = sheet.at.get(id), notes = this.notes.get(cellKey(id, name)), link = linkOf(sheet.key);
    this.card.show(this.cell, {
      title: `${name} · run ${id.replace(":", " ")}`,
      known: sheet.known[at],
      parts: partsOf(sheet, at, sheet.qualities.find((quality) => quality.name === name)).filter((part) => part.count > 0),
      beneath: this.beneath(at, name),
      notes,
      asked: link.ask !== null,
    });
    if (ask && notes === undefined) this.asking = setTimeout(() => link.ask?.(id, name), ASK_AFTER_MS);
  }

  beneath(at, name) {
    const { sheet } = this.grid, quality = sheet.qualities.find((one) => one.name === name);
    const parts = partsBeneath(sheet, at, quality)?.filter((part) => part.count > 0);
    return parts ? { label: sheet.beneath, parts, isWhole: quality.beneath.uniform[at] !== MIXED } : null;
  }

  // The answer is kept until the rows change.
  hear({ row, column, notes }) {
    this.notes.set(cellKey(row, column), notes);
    if (this.card.isShown() && this.cell) this.show(false);
  }

  forget() {
    this.notes.clear();
    this.leave();
  }
}

function cellOf(row, column) {
  return row.querySelector(`.k[data-column="${CSS.escape(column)}"]`);
}
