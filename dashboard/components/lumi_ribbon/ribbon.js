// The lumisection ribbon: every lumisection of a run in one band; a click or an arrow chooses one.

const SVG = "http://www.w3.org/2000/svg";
const MIN_PIXELS = 2;
const ribbons = new WeakMap();

function draw(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".ribbon");
  const ribbon = ribbons.get(root) ?? new Ribbon(root);
  ribbons.set(root, ribbon);
  ribbon.send = (lumi) => setTriggerValue("chosen", lumi);
  ribbon.read(data);
  return () => ribbon.sizes.disconnect();
}

class Ribbon {
  constructor(root) {
    this.root = root;
    this.plot = draw("svg", { height: 26, tabindex: 0, role: "slider", "aria-label": "Lumisection" });
    this.axis = document.createElement("div");
    this.axis.className = "axis";
    root.replaceChildren(this.plot, this.axis);
    this.plot.addEventListener("click", (event) => this.choose(this.lumiAt(event.offsetX)));
    this.plot.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.choose(this.chosen + step);
    });
    this.plot.addEventListener("mousemove", (event) => (this.plot.firstChild.textContent = this.said(event.offsetX)));
    this.sizes = new ResizeObserver(() => this.paint());
    this.sizes.observe(root);
  }

  read(data) {
    Object.assign(this, data);
    this.paint();
  }

  x(lumi) {
    return ((lumi - 1) / this.last) * this.width;
  }

  lumiAt(x) {
    return Math.floor((x / this.width) * this.last) + 1;
  }

  said(x) {
    const lumi = this.lumiAt(x);
    const piece = this.pieces.find(([first, last]) => first <= lumi && lumi <= last);
    return `LS ${lumi}${piece ? `: ${piece[3]}` : ""}`;
  }

  choose(lumi) {
    this.chosen = Math.max(1, Math.min(this.last, lumi));
    this.paint();
    clearTimeout(this.pending);
    this.pending = setTimeout(() => this.send(this.chosen), 200);
  }

  paint() {
    this.width = Math.max(80, this.root.clientWidth);
    this.plot.setAttribute("width", this.width);
    const title = draw("title", {});
    const parts = this.pieces.map(([first, last, look]) => {
      const from = this.x(first);
      const width = Math.max(look === "quiet" ? 0 : MIN_PIXELS, this.x(last + 1) - from);
      return draw("rect", { x: from, y: 0, width, height: 14, class: look });
    });
    const quiet = parts.filter((part) => part.getAttribute("class") === "quiet");
    const loud = parts.filter((part) => part.getAttribute("class") !== "quiet");
    const marker = this.chosen < 1 ? [] : [draw("rect", { x: this.x(this.chosen + 0.5) - 1, y: 0, width: 2, height: 24, class: "marker" })];
    this.plot.replaceChildren(title, ...quiet, ...loud, ...marker);
    this.plot.setAttribute("aria-valuemin", 1);
    this.plot.setAttribute("aria-valuenow", Math.max(1, this.chosen));
    this.plot.setAttribute("aria-valuemax", this.last);
    this.axis.replaceChildren(...this.labels());
  }

  labels() {
    const at = this.x(this.chosen + 0.5);
    const marks = [[1, 0], [this.last, this.width], ...(this.chosen < 1 ? [] : [[this.chosen, at]])];
    return marks.map(([lumi, x], place) => {
      const label = document.createElement("span");
      label.textContent = lumi.toLocaleString("en-GB");
      if (place === 1) label.style.right = "0";
      else label.style.left = `${place === 2 ? Math.max(8, Math.min(this.width - 16, x)) : x}px`;
      if (place === 2) label.className = "chosen";
      const crowded = this.chosen >= 1 && (at < 34 || at > this.width - 44);
      if (place < 2 && crowded && Math.abs(x - at) < 50) label.hidden = true;
      return label;
    });
  }
}
