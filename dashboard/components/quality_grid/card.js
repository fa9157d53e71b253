// The card of a hovered cell: counts at once, then what people and rules said there, as the server answers.

const MOST_NOTES = 5;

class Card {
  constructor() {
    this.box = element("div", "card");
    this.box.setAttribute("popover", "manual");
    this.box.setAttribute("role", "tooltip");
  }

  show(anchor, { title, known, parts, beneath, notes, asked }) {
    this.box.replaceChildren(element("div", "title", title), this.counts(parts, known));
    if (beneath) this.box.append(this.beneath(beneath));
    if (notes === undefined && asked) this.box.append(element("div", "quiet", "…"));
    (notes ?? []).slice(0, MOST_NOTES).forEach((note) => this.box.append(noteOf(note)));
    const more = (notes?.length ?? 0) - MOST_NOTES;
    if (more > 0) this.box.append(element("div", "quiet", `and ${more} more`));
    if (!this.isShown()) this.box.showPopover();
    this.place(anchor.getBoundingClientRect());
  }

  hide() {
    if (this.isShown()) this.box.hidePopover();
  }

  isShown() {
    return this.box.isConnected && this.box.matches(":popover-open");
  }

  counts(parts, known) {
    const line = element("div", "counts");
    for (const part of parts) {
      const count = element("span", "count");
      count.append(element("i", `swatch ${part.token}`, QUIET.has(part.token) ? "" : part.letter));
      count.append(`${part.word} `, element("b", "", NUMBER.format(part.count)));
      line.append(count);
    }
    line.append(element("span", "quiet", `of ${NUMBER.format(known)} LS`));
    return line;
  }

  beneath({ label, parts, isWhole }) {
    const line = element("div", "counts");
    line.append(element("span", "quiet", label));
    for (const part of parts) {
      const count = element("span", "count");
      count.append(element("i", `swatch ${part.token}`, QUIET.has(part.token) ? "" : part.letter), `${part.word} `);
      count.append(element("b", "", isWhole ? "everywhere" : NUMBER.format(part.count)));
      line.append(count);
    }
    return line;
  }

  place(at) {
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const below = at.bottom + 6 + height <= innerHeight;
    this.box.style.left = `${Math.max(4, Math.min(at.left, innerWidth - width - 8))}px`;
    this.box.style.top = `${below ? at.bottom + 6 : at.top - height - 6}px`;
  }
}

function noteOf(note) {
  const line = element("div", "note");
  line.append(element("i", `swatch ${note.token ?? ""}`, ""));
  const words = element("span", "words");
  words.append(element("b", "", `${note.word} ${note.where}`));
  if (note.cause) words.append(` · ${note.cause}`);
  if (note.comment) words.append(element("span", "comment", `“${note.comment}”`));
  if (note.who) words.append(element("span", "quiet", note.who));
  line.append(words);
  return line;
}
