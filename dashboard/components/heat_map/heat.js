// The heat map: a run is a column, a component a row; a cell is filled from its foot with the worst, in proportion.

const CELL_PX = 17, LABEL_PX = 74, LABEL_APART_PX = 56;
const NOTHING = "No run has been taken yet. The worker takes them in from OMS.";
const maps = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".heat");
  if (!maps.has(root)) maps.set(root, new HeatMap(root));
  const map = maps.get(root);
  map.open = (run, column) => setTriggerValue("opened", { run, column });
  map.show(data);
  return () => map.card.hide();
}

class HeatMap {
  constructor(root) {
    this.root = root;
    this.card = new Card();
    this.at = null;
    root.tabIndex = 0;
    root.setAttribute("role", "grid");
    root.setAttribute("aria-label", "Quality of the last runs by component");
    root.addEventListener("click", ({ target }) => this.press(target.closest(".k")));
    root.addEventListener("mouseover", ({ target }) => this.over(target.closest(".k")));
    root.addEventListener("mouseleave", () => this.over(null));
    root.addEventListener("blur", () => this.step(null));
    root.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.sheet && this.label()).observe(root);
  }

  show(bytes) {
    if (this.sheet?.digest === digestOf(bytes)) return;
    const sheet = (this.sheet = sheetOf(bytes));
    this.card.hide();
    this.at = null;
    this.tops = element("div", "tops");
    this.feet = element("div", "feet");
    const rows = sheet.ids.length ? sheet.qualities.map((quality, at) => this.row(quality, at)) : [];
    this.root.replaceChildren(...(rows.length ? [this.tops, ...rows, this.feet] : [element("div", "nothing", NOTHING)]), this.card.box);
    this.label();
    this.root.dataset.painted = sheet.digest;
  }

  row(quality, at) {
    const row = element("div", "row");
    row.setAttribute("role", "row");
    row.style.gridTemplateColumns = this.columns();
    const label = element("span", "label", quality.label);
    label.setAttribute("role", "rowheader");
    label.title = quality.name;
    row.append(label, ...this.sheet.ids.map((id, run) => this.cell(quality, at, id, run)));
    return row;
  }

  cell(quality, at, id, run) {
    const { sheet } = this, cell = element("div", "k");
    cell.id = `heat-${at}-${run}`;
    cell.setAttribute("role", "gridcell");
    Object.assign(cell.dataset, { run: id, column: quality.name, row: at, at: run });
    if (sheet.marks[run] & NOT_SIGNIFICANT) {
      cell.classList.add("none");
      cell.setAttribute("aria-label", `run ${id}: not significant`);
      return cell;
    }
    const parts = merged(partsOf(sheet, run, quality)).filter((part) => part.count > 0);
    cell.setAttribute("aria-label", `${quality.name}, run ${id}: ${spoken(parts)}`);
    if (parts.length === 1) {
      cell.classList.add("one", "bar", parts[0].token);
      if (!QUIET.has(parts[0].token)) cell.textContent = parts[0].letter;
    } else {
      const heights = widthsOf(parts.map((part) => part.count), CELL_PX, sheet.look.size.bar_min_segment);
      parts.forEach((part, i) => {
        const piece = element("b", part.token);
        piece.style.height = `${heights[i]}px`;
        cell.prepend(piece);
      });
    }
    return cell;
  }

  columns() {
    return `${LABEL_PX}px repeat(${this.sheet.ids.length}, minmax(0, 1fr))`;
  }

  // The numbers of runs above where they have room, and the fills beneath, each over its runs.
  label() {
    const { ids } = this.sheet;
    if (!ids.length) return;
    const width = Math.max(1, (this.root.clientWidth - LABEL_PX - 20) / ids.length), every = Math.ceil(LABEL_APART_PX / width);
    for (const line of [this.tops, this.feet]) line.style.gridTemplateColumns = this.columns();
    this.tops.replaceChildren(...ids.flatMap((id, at) => {
      if ((ids.length - 1 - at) % every || at < 1) return [];
      const top = element("span", "", id);
      top.style.gridColumn = `${at + 2}`;
      top.style.justifySelf = "end";
      return [top];
    }));
    const fills = this.sheet.attributes.find(({ name }) => name === "fill_number").values, feet = [element("span", "label", "fill")];
    for (let from = 0, to = 0; from < ids.length; from = to) {
      while (to < ids.length && fills[to] === fills[from]) to += 1;
      const foot = element("span", "fill", (to - from) * width > 30 ? fills[from] ?? "—" : "");
      foot.style.gridColumn = `${from + 2} / ${to + 2}`;
      foot.title = `fill ${fills[from] ?? "unknown"}`;
      feet.push(foot);
    }
    this.feet.replaceChildren(...feet);
  }

  press(cell) {
    if (cell) this.open(cell.dataset.run, cell.dataset.column);
  }

  over(cell) {
    clearTimeout(this.showing);
    if (!cell) return this.card.hide();
    this.showing = setTimeout(() => this.tell(cell), this.sheet.look.hover_ms);
  }

  tell(cell) {
    if (!cell.isConnected) return;
    const { sheet } = this, { run, column } = cell.dataset, at = Number(cell.dataset.at);
    const kind = sheet.attributes.find(({ name }) => name === "run_class").values[at];
    const isSaid = !(sheet.marks[at] & NOT_SIGNIFICANT);
    const quality = sheet.qualities.find(({ name }) => name === column);
    this.card.show(cell, {
      title: `${column} · run ${run}${kind ? ` · ${kind}` : ""}${isSaid ? "" : " · not significant"}`,
      known: sheet.known[at],
      parts: isSaid ? partsOf(sheet, at, quality).filter((part) => part.count > 0) : [],
      asked: false,
    });
  }

  key(event) {
    const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    if (event.ctrlKey || event.metaKey || event.altKey || !this.sheet.ids.length) return;
    if (moves[event.key]) this.step(moves[event.key]);
    else if (event.key === "Enter" && this.at) this.press(this.here());
    else if (event.key === "Escape") this.step(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  step(move) {
    this.here()?.classList.remove("here");
    const { ids, qualities } = this.sheet, clamp = (value, top) => Math.max(0, Math.min(top, value));
    const from = this.at ?? [0, ids.length];
    this.at = move && [clamp(from[0] + move[0], qualities.length - 1), clamp(from[1] + move[1], ids.length - 1)];
    const cell = this.here();
    cell?.classList.add("here");
    if (cell) this.root.setAttribute("aria-activedescendant", cell.id);
    else this.root.removeAttribute("aria-activedescendant");
    this.over(cell);
  }

  here() {
    return this.at ? this.root.querySelector(`#heat-${this.at[0]}-${this.at[1]}`) : null;
  }
}
