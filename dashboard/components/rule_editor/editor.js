// The rule editor: a text field whose text is painted beneath it. Python hears of the text at every pause.

const PAUSE_MS = 400;
const LINE = 20;
const editors = new WeakMap();

/** Called by Streamlit at first and whenever the data change. */
export default function ruleEditor({ parentElement, data, setTriggerValue }) {
  let editor = editors.get(parentElement);
  if (!editor) {
    editor = new RuleEditor(parentElement.querySelector(".editor"));
    editors.set(parentElement, editor);
  }
  editor.send = (act) => setTriggerValue("act", act);
  editor.read(data);
  return () => editor.flush();
}

class RuleEditor {
  constructor(root) {
    this.root = root;
    this.acts = 0;
    this.gutter = element("div", "gutter");
    this.paper = element("div", "paper");
    this.field = Object.assign(element("textarea", "field"), { spellcheck: false, autocapitalize: "off", wrap: "off" });
    this.field.setAttribute("aria-label", "Rule");
    this.offers = element("div", "offers");
    this.offers.setAttribute("role", "listbox");
    this.offers.hidden = true;
    const area = element("div", "area");
    area.append(this.paper, this.field, this.offers);
    this.root.replaceChildren(this.gutter, area);
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.field.addEventListener("click", () => this.close());
    this.field.addEventListener("blur", () => {
      this.flush();
      setTimeout(() => this.close(), 150);
    });
  }

  /** Take in what Python says; what was typed since stays. */
  read(data) {
    const isOther = data.doc !== this.doc;
    Object.assign(this, { doc: data.doc, facts: data.facts, marks: data.marks });
    this.field.readOnly = data.read_only;
    this.acts = Math.max(this.acts, data.heard);
    if (isOther) clearTimeout(this.pending);
    if (isOther || (!this.pending && data.heard >= this.acts)) {
      if (this.field.value !== data.text) this.field.value = data.text;
    }
    if (isOther) {
      this.pending = 0;
      this.close();
    }
    this.paint();
  }

  typed() {
    this.paint();
    this.offer();
    clearTimeout(this.pending);
    this.pending = setTimeout(() => this.flush(), PAUSE_MS);
  }

  /** Tell Python what is written now. */
  flush() {
    if (!this.pending) return;
    clearTimeout(this.pending);
    this.pending = 0;
    this.acts += 1;
    this.send({ doc: this.doc, number: this.acts, text: this.field.value });
  }

  paint() {
    const lines = paintedLines(this.field.value, this.marks);
    this.paper.replaceChildren(...lines);
    this.gutter.replaceChildren(...lines.map((_, index) => element("div", "number", String(index + 1))));
  }

  /** Put text in place of what stands there, so that the browser can undo it. */
  insert(text, start = this.field.selectionStart, end = this.field.selectionEnd) {
    this.field.focus();
    this.field.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, text)) {
      this.field.setRangeText(text, start, end, "end");
      this.typed();
    }
  }

  pressed(event) {
    if (!this.offers.hidden && this.steer(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      this.offer();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const before = this.field.value.slice(0, this.field.selectionStart);
      const indent = before.slice(before.lastIndexOf("\n") + 1).match(/^ */)[0];
      this.insert(`\n${indent}${/[[{]\s*$/.test(before) ? "  " : ""}`);
    }
  }

  /** The keys of the open list; whether it was one. */
  steer(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.choose((this.chosen + step + this.offered.length) % this.offered.length);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.offered[this.chosen]);
    else if (event.key === "Escape") this.close();
    else return false;
    return true;
  }

  offer() {
    const name = nameAt(this.field.value, this.field.selectionStart);
    this.offered = name ? fitting(this.facts, name.typed) : [];
    const isDone = this.offered.length === 1 && this.offered[0].name === name.typed;
    if (!this.offered.length || isDone) {
      this.close();
      return;
    }
    this.name = name;
    this.offers.hidden = false;
    this.choose(0);
    this.place();
  }

  place() {
    const before = this.field.value.slice(0, this.name.start).split("\n");
    const width = this.root.clientWidth;
    const x = before[before.length - 1].length * this.characterWidth() + 38;
    this.offers.style.left = `${Math.max(4, Math.min(x, width - 420))}px`;
    const top = before.length * LINE + 8;
    const isLow = top + this.offers.offsetHeight > this.root.scrollTop + this.root.clientHeight;
    this.offers.style.top = `${isLow ? Math.max(0, top - LINE - this.offers.offsetHeight) : top}px`;
  }

  characterWidth() {
    const probe = element("span", "probe", "0".repeat(100));
    this.paper.append(probe);
    const width = probe.getBoundingClientRect().width / 100;
    probe.remove();
    return width;
  }

  choose(place) {
    this.chosen = place;
    this.offers.replaceChildren(
      ...this.offered.map((fact, index) => {
        const row = offerRow(fact, index === place);
        row.addEventListener("mousedown", (event) => {
          event.preventDefault();
          this.take(fact);
        });
        return row;
      }),
    );
  }

  take(fact) {
    const { start, end } = this.name;
    this.close();
    const closing = this.field.value[end] === '"' ? "" : '"';
    this.insert(fact.name + closing, start, end);
    this.close();
  }

  close() {
    this.offers.hidden = true;
  }
}
