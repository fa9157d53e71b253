// The row list: one table; click, arrows, Home and End choose a row, and the choice is painted before it is answered.
const LISTS = new WeakMap();

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

const two = (number) => String(number).padStart(2, "0");
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function utc(seconds) {
  const at = new Date(seconds * 1000);
  const day = `${two(at.getUTCDate())} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  return `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

function fillCell(cell, kind, { value, tone, title }) {
  if (title) cell.title = title;
  if (value === null) return;
  if (kind === "share") {
    const share = element("div", "share"), track = element("div", "track"), bar = element("i");
    const per = Math.round(Math.min(1, Math.max(0, value)) * 100);
    bar.style.width = `${per}%`;
    track.append(bar);
    share.append(track, element("b", "", `${per} %`));
    cell.append(share);
    return;
  }
  const said = kind === "time" ? utc(value) : kind === "number" ? value.toLocaleString("en-GB") : String(value);
  if (kind === "time") cell.title ||= `${said} UTC, ${new Date(value * 1000).toLocaleString()} here`;
  else if (!title && said.length > 12) cell.title = said;
  if (kind === "pill") cell.append(element("span", `pill ${tone}-tone`, said));
  else cell.append(element("span", `${tone}-tone`, said));
}

function headOf(columns) {
  const head = element("thead"), row = element("tr");
  const isTall = columns.some(({ kind }) => kind === "mark");
  for (const { label, kind, width, title } of columns) {
    const name = element("th", isTall ? `${kind} tall` : kind);
    name.scope = "col";
    name.append(element("span", "", label));
    if (title) name.title = title;
    if (width) name.style.width = `${width}px`;
    row.append(name);
  }
  head.append(row);
  return head;
}

class RowList {
  constructor(root) {
    this.root = root;
    root.addEventListener("keydown", (event) => this.heard(event));
    root.addEventListener("click", (event) => {
      const row = event.target.closest("tbody tr[data-id]");
      if (row) this.choose(row.dataset.id);
    });
  }

  paint(data) {
    const scrolled = [this.root.scrollTop, this.root.scrollLeft];
    this.data = data;
    this.root.className = data.choosable ? "list choosable" : "list";
    this.root.style.maxHeight = data.height ? `${data.height}px` : "";
    this.root.tabIndex = data.choosable ? 0 : -1;
    this.root.setAttribute("aria-label", data.label);
    this.root.replaceChildren(data.rows.length ? this.table() : element("div", "nothing", data.empty));
    this.fit();
    [this.root.scrollTop, this.root.scrollLeft] = scrolled;
    const isNew = this.selected !== data.selected;
    this.mark(data.selected);
    if (isNew) this.reveal();
  }

  // What the page chose comes into view by scrolling the list, never the page.
  reveal() {
    const row = this.rows().find(({ dataset }) => dataset.id === this.selected);
    if (!row) return;
    const head = this.root.querySelector("thead").offsetHeight, top = row.offsetTop - head;
    const bottom = row.offsetTop + row.offsetHeight - this.root.clientHeight;
    if (top < this.root.scrollTop) this.root.scrollTop = top;
    else if (bottom > this.root.scrollTop) this.root.scrollTop = bottom;
  }

  table() {
    const table = element("table"), body = element("tbody"), { columns, rows, label } = this.data;
    table.setAttribute("role", "grid");
    table.setAttribute("aria-label", label);
    for (const { id, quiet, cells } of rows) {
      const row = element("tr", quiet ? "quiet" : "");
      row.dataset.id = id;
      cells.forEach((cell, at) => {
        const made = element("td", columns[at].kind);
        made.setAttribute("role", "gridcell");
        fillCell(made, columns[at].kind, cell);
        row.append(made);
      });
      body.append(row);
    }
    table.append(headOf(columns), body);
    return table;
  }

  // No list reaches beyond the lower edge of the window: it scrolls within.
  fit() {
    if (this.data.height) return;
    const top = this.root.getBoundingClientRect().top;
    this.root.style.maxHeight = `${Math.max(180, window.innerHeight - Math.max(top, 0) - 14 - this.data.below)}px`;
  }

  rows() {
    return [...this.root.querySelectorAll("tbody tr")];
  }

  mark(id) {
    this.selected = id;
    for (const row of this.rows()) row.setAttribute("aria-selected", String(row.dataset.id === id));
  }

  choose(id) {
    if (!this.data.choosable) return;
    this.mark(id);
    this.root.focus({ preventScroll: true });
    this.send(id);
  }

  heard(event) {
    const ids = this.data.rows.map(({ id }) => id), at = ids.indexOf(this.selected);
    const to = { ArrowDown: at + 1, ArrowUp: Math.max(0, at - 1), Home: 0, End: ids.length - 1 }[event.key];
    if (to === undefined || !this.data.choosable || !ids.length) return;
    event.preventDefault();
    const next = Math.min(to, ids.length - 1);
    if (ids[next] !== this.selected) this.choose(ids[next]);
    this.reveal();
  }
}

export default function rowList({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".list");
  if (!LISTS.has(root)) LISTS.set(root, new RowList(root));
  const list = LISTS.get(root);
  list.send = (id) => setTriggerValue("chosen", id);
  list.paint(data);
}
