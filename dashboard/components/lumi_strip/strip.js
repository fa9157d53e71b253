// The lumisection strip itself: takes what Python sends, keeps the view, tells Python what the reader did.

const LATER_MS = 300;
const strips = new WeakMap();

/** Called by Streamlit at first and whenever the data or the theme change; the answer takes the strip down. */
export default function lumiStrip({ parentElement, data, setTriggerValue }) {
  let strip = strips.get(parentElement);
  if (!strip) {
    strip = new LumiStrip(parentElement.querySelector(".strip"));
    strips.set(parentElement, strip);
  }
  strip.send = (act) => setTriggerValue("act", act);
  const turn = (strip.turn = (strip.turn ?? 0) + 1);
  strip.read(data);
  return () => {
    if (strip.turn !== turn) return;
    strip.close();
    strips.delete(parentElement);
  };
}

class LumiStrip {
  constructor(root) {
    this.root = root;
    this.view = null;
    this.folded = true;
    this.dragging = false;
    this.acts = 0;
    this.furnish();
    this.stopKeys = watchKeys(this);
    this.sizes = new ResizeObserver(() => this.width() !== this.painted && this.paint());
    this.sizes.observe(root);
  }

  /** What stays through all paints, so that focus and a hand on the strip survive them. */
  furnish() {
    this.nothing = el("p", { class: "nothing", hidden: "" }, "OMS knows no lumisection of this run yet.");
    this.line = asOfLine(this);
    this.labels = el("div", { class: "labels" });
    this.plot = draw("svg", { class: "plot", tabindex: 0, role: "application", "aria-describedby": "said" });
    this.brush = draw("g", { class: "brush" });
    this.tails = el("div", { class: "tails", "aria-hidden": "true" });
    this.card = el("div", { class: "card", role: "tooltip", hidden: "" });
    this.status = el("div", { class: "status", id: "said", "aria-live": "polite" });
    this.body = el("div", { class: "body" }, this.labels, this.plot, this.tails, this.card, this.status);
    this.foot = el("div", { class: "foot" });
    this.root.replaceChildren(this.nothing, this.line, this.body, this.foot);
    watchPointer(this);
    watchDrag(this);
  }

  close() {
    this.sizes.disconnect();
    this.stopKeys();
    clearInterval(this.replaying);
    clearTimeout(this.clicked);
    clearTimeout(this.pending);
  }

  /** Take the data in. */
  read(data) {
    const known = rangesOf(data.known);
    const end = known.length ? known[known.length - 1].last : 0;
    if (end !== this.end) this.view = { first: 1, last: end };
    this.end = end;
    this.known = known;
    this.lumis = countWithin(known, 1, end);
    this.golden = data.golden && rangesOf(data.golden);
    this.looks = data.looks.map(([look, word, letter]) => ({ look, word, letter }));
    this.laneNames = data.lane_names;
    this.notes = data.notes;
    this.allRows = data.rows.map((row) => ({ ...row, lanes: row.lanes.map((lane) => lane && wordsOf(lane, end, UNSAID)) }));
    this.compares = this.allRows.some((row) => row.lanes.length > 1);
    this.bits = data.bits.map((bit) => ({ ...bit, words: wordsOf(bit.words, end, BIT.null) }));
    this.prescales = prescalesOf(data.prescales);
    this.recorded = data.recorded;
    this.start = data.start;
    this.secondsPerLumi = data.seconds_per_lumi;
    this.marks = data.marks.map(([id, at, person, label]) => ({ id, at, person: person === 1, label }));
    this.foldGood = data.fold_good;
    this.adopt(data);
    this.stale = this.dragging;
    if (!this.dragging) this.paint();
  }

  /** The hand has let go: paint what came meanwhile. */
  release() {
    this.dragging = false;
    if (this.stale) this.paint();
    this.stale = false;
  }

  /** Selection, ticks and "as of" as Python has them, unless it has yet to hear what the reader did since. */
  adopt(data) {
    if (this.ticked && (this.pending || data.heard < this.acts)) return;
    this.acts = Math.max(this.acts, data.heard);
    this.selected = data.selected && { first: data.selected[0], last: data.selected[1] };
    this.ticked = new Set(data.ticked);
    this.asOf = data.as_of;
  }

  width() {
    return Math.max(120, Math.floor(this.root.clientWidth) - LABEL - TAIL - 2 * BLEED);
  }

  timeOf(lumi) {
    return this.start + (lumi - 1) * this.secondsPerLumi * 1000;
  }

  /** Paint everything for the present width, view and folding. */
  paint() {
    const began = performance.now();
    const focused = this.focusedPlace();
    this.nothing.hidden = this.end > 0;
    this.body.hidden = this.foot.hidden = !this.end;
    this.line.hidden = !this.marks.length || !this.end;
    if (!this.end) return;
    this.painted = this.width();
    this.chooseRows();
    this.place = measure(this.rows, this.foldable.length > 0, this.bits, this.golden, this.prescales.length > 0);
    this.scale = lumiScale(this.view.first, this.view.last, this.painted);
    Object.assign(this, partition(this.scale, this.known));
    this.card.hidden = true;
    this.body.style.height = `${this.place.height}px`;
    drawPlot(this);
    this.labels.replaceChildren(...labelColumn(this));
    this.tails.replaceChildren(...tailColumn(this));
    this.foot.replaceChildren(...legend(this));
    layTrack(this);
    drawBrush(this);
    if (focused) this.root.querySelector(focused)?.focus({ preventScroll: true });
    this.root.dataset.paints = (this.paints = (this.paints ?? 0) + 1);
    this.root.dataset.paintMs = (performance.now() - began).toFixed(1);
  }

  /** Rows that are GOOD throughout stand behind one line, unless they are ticked. */
  chooseRows() {
    const stays = (row) => row.stays || this.ticked.has(row.name);
    const quiet = (row) => this.foldGood && !stays(row) && isGoodThroughout(row.lanes, this.known);
    this.foldable = this.allRows.filter(quiet);
    const odd = this.allRows.filter((row) => !this.foldable.includes(row));
    this.rows = this.folded ? odd : [...odd, ...this.foldable];
  }

  /** Where in the label column the focus is, as a selector that finds it in the next one. */
  focusedPlace() {
    const active = this.root.getRootNode().activeElement;
    if (!active || !this.labels.contains(active)) return null;
    const row = active.closest("[data-row]")?.dataset.row;
    return row ? `.labels [data-row="${CSS.escape(row)}"] ${active.tagName.toLowerCase()}` : `.labels .${active.className}`;
  }

  /** Tell those who hear the page what is selected. */
  say(range) {
    const text = range ? `${selectionText(this, range)} lumisections selected` : "";
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  /** Tell Python, now or when the reader pauses. */
  emit({ component = null, later = false } = {}) {
    clearTimeout(this.pending);
    const act = () => {
      this.pending = 0;
      this.acts += 1;
      this.send({
        number: this.acts,
        range: this.selected && [this.selected.first, this.selected.last],
        ticked: [...this.ticked].sort(),
        as_of: this.asOf,
        component,
      });
    };
    if (later) this.pending = setTimeout(act, LATER_MS);
    else act();
  }

  /** Send at once what waits. */
  flush() {
    if (this.pending) this.emit();
  }

  select(range, how = {}) {
    this.selected = range;
    drawBrush(this);
    this.emit(how);
  }

  tick(name, on) {
    if (on) this.ticked.add(name);
    else this.ticked.delete(name);
    this.paint();
    this.emit();
  }

  fold(folded) {
    this.folded = folded;
    this.paint();
  }

  lookAt(stop, how = {}) {
    this.asOf = this.marks[stop]?.id ?? null;
    layTrack(this);
    this.emit(how);
  }

  /** Show the range, or everything. */
  zoom(range) {
    if (range) this.zoomTo(range.first, range.last);
    else this.zoomTo(1, this.end);
  }

  zoomTo(first, last) {
    this.view = { first: Math.max(1, Math.min(first, this.end)), last: Math.min(this.end, Math.max(first, last)) };
    this.paint();
  }

  /** Move the view so that the range is in it. */
  reveal(range) {
    const length = this.view.last - this.view.first;
    if (range.first >= this.view.first && range.last <= this.view.last) return;
    const begin = Math.max(1, Math.min(this.end - length, Math.round((range.first + range.last - length) / 2)));
    if (range.last - range.first > length) this.zoom(range);
    else this.zoomTo(begin, begin + length);
  }
}
