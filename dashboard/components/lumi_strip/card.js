// The card under the pointer: what was said here, by whom, when and why.

const HOVER_MS = 80;

/** Show the card 80 ms after the pointer rests on something, hide it when it leaves. */
function watchPointer(strip) {
  const { plot } = strip;
  let timer = 0;
  const hide = () => {
    clearTimeout(timer);
    strip.card.hidden = true;
    strip.hair?.remove();
  };
  plot.addEventListener("pointermove", (event) => {
    clearTimeout(timer);
    if (strip.dragging) return hide();
    const point = pointOf(strip, event);
    timer = setTimeout(() => showCard(strip, point), HOVER_MS);
  });
  plot.addEventListener("pointerleave", hide);
  plot.addEventListener("pointerdown", hide);
}

function showCard(strip, point) {
  const lumi = strip.scale.lumiAt(point.x);
  const content = cardOf(strip, lumi, point.y);
  strip.hair?.remove();
  strip.card.hidden = content === null;
  if (content === null) return;
  strip.card.replaceChildren(...content, cardFoot(strip, lumi));
  placeCard(strip, point);
  const x = Math.round(strip.scale.begin(lumi) + strip.scale.each / 2);
  strip.hair = draw("line", { class: "hair", x1: x, x2: x, y1: GOLDEN.y, y2: strip.place.base });
  strip.plot.append(strip.hair);
}

/** Where the pointer is in the drawing. */
function pointOf(strip, event) {
  const frame = strip.plot.getBoundingClientRect();
  return { x: event.clientX - frame.left - BLEED, y: event.clientY - frame.top };
}

/** Right below the pointer, or on its other side where there is no room. */
function placeCard(strip, point) {
  const { card } = strip;
  const x = LABEL + BLEED + point.x + 14;
  const width = strip.body.clientWidth;
  card.style.left = `${Math.max(4, x + card.offsetWidth > width - 4 ? x - 28 - card.offsetWidth : x)}px`;
  const below = point.y + 16;
  const space = window.innerHeight - strip.body.getBoundingClientRect().top;
  card.style.top = `${below + card.offsetHeight > space ? point.y - 12 - card.offsetHeight : below}px`;
}

/** What the card says at this place, or null where there is nothing to say. */
function cardOf(strip, lumi, y) {
  const { place } = strip;
  const hole = at(gapsOf(strip.known, 1, strip.end), lumi);
  if (hole) return [title(["not in OMS", hole.first, hole.last]), el("div", { class: "quiet" }, "OMS does not know these lumisections; they count nowhere.")];
  const row = strip.rows[Math.floor((y - place.top) / ROW)];
  if (y >= place.top && row) return rowCard(strip, row, lumi);
  const bit = strip.bits[Math.floor((y - place.bits) / BIT_ROW)];
  if (y >= place.bits && bit) return bitCard(strip, bit, lumi);
  if (strip.prescales.length && y >= place.prescales && y < place.prescales + PRESCALE) return prescaleCard(strip, lumi);
  if (y >= place.luminosity && y <= place.base) return luminosityCard(strip, lumi);
  if (strip.golden && y >= GOLDEN.y && y <= GOLDEN.y + GOLDEN.height) return goldenCard(strip, lumi);
  return null;
}

/** "hcal-hcal · LS 1,486–1,502 · 17 LS" */
function title([name, first, last], count = last - first + 1) {
  return el("div", { class: "title" }, `${name} · LS ${rangeText(first, last)} · ${number(count)} LS`);
}

function rowCard(strip, row, lumi) {
  const words = row.lanes.map((lane) => (lane === null ? null : at(lane, lumi)));
  const first = Math.max(1, ...words.filter(Boolean).map((w) => w.first));
  const last = Math.min(strip.end, ...words.filter(Boolean).map((w) => w.last));
  const table = el("div", { class: "said" });
  words.forEach((word, i) => {
    const name = el("span", { class: "quiet" }, strip.laneNames[i] ?? "");
    const what = word === null ? [el("span", { class: "quiet" }, "no such component")] : statement(strip, word);
    table.append(name, el("span", {}, ...what));
  });
  const quotes = words.filter(Boolean).map((word) => quote(strip, word));
  return [title([row.name, first, last], countWithin(strip.known, first, last)), table, ...quotes.filter(Boolean)];
}

/** "BAD since 22 Oct 10:14, cause HF timing" or "GOOD by rule hcal v9" */
function statement(strip, word) {
  const { look, letter, word: status } = strip.looks[word.value];
  const parts = [chip(look, letter), " ", status];
  const note = strip.notes[word.note];
  const quiet = (text) => el("span", { class: "quiet" }, text);
  if (!note) return word.value === UNSAID ? [...parts, quiet(" nobody has spoken")] : parts;
  parts.push(quiet(note.origin === "rule" ? ` by rule ${note.by}` : ` since ${dateText(note.at)}`));
  if (note.origin !== "rule" && !note.comment) parts.push(quiet(` by ${note.by}, ${note.origin}`));
  if (note.cause) parts.push(quiet(", cause "), note.cause);
  return parts;
}

function quote(strip, word) {
  const note = strip.notes[word.note];
  if (!note?.comment) return null;
  return el("div", { class: "quote" }, `“${note.comment}” `, el("span", { class: "quiet" }, `${note.by}, ${note.origin}`));
}

function bitCard(strip, bit, lumi) {
  const word = at(bit.words, lumi);
  const said = { [BIT.false]: "false", [BIT.true]: "true", [BIT.null]: "null: OMS does not say" }[word.value];
  const count = countWithin(strip.known, word.first, word.last);
  const mark = el("i", { class: `sw ${said}`, "aria-hidden": "true" });
  return [title([bit.label, word.first, word.last], count), el("div", { class: "line" }, mark, said)];
}

function luminosityCard(strip, lumi) {
  const value = luminosityOf(strip.recorded, strip.known, lumi);
  const text = value === null ? "recorded luminosity is not known" : `${value.toPrecision(3)} /pb recorded`;
  return [title(["luminosity", lumi, lumi]), el("div", { class: "line" }, text)];
}

function goldenCard(strip, lumi) {
  const inside = at(strip.golden, lumi);
  const range = inside ?? at(gapsOf(strip.golden, 1, strip.end), lumi);
  const count = countWithin(strip.known, range.first, range.last);
  return [title([inside ? "in golden JSON" : "not in golden JSON", range.first, range.last], count)];
}

/** "LS 1,492 · 08:55:02 UTC, 10:55 here" */
function cardFoot(strip, lumi) {
  if (strip.start === null) return el("div", { class: "quiet at" }, `LS ${number(lumi)}`);
  const time = strip.timeOf(lumi);
  const here = localText(time) === timeText(time) ? "" : `, ${localText(time)} here`;
  return el("div", { class: "quiet at" }, `LS ${number(lumi)} · ${timeText(time, true)} UTC${here}`);
}
