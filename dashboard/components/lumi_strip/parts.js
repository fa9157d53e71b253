// The furniture (its measures, SIZE, are the tokens'): small makers of elements (text and attributes only, never markup), labels, tails, legend, measures.

const SVG = "http://www.w3.org/2000/svg";
const ROW = SIZE.row;
const LANE = SIZE.strip_lane;
const ONE_LANE = SIZE.bar;
const BIT_ROW = SIZE.dcs_row;
const LABEL = SIZE.strip_label;
const TAIL = SIZE.strip_tail + 4;
const LUMINOSITY = SIZE.luminosity_area;
const BLEED = 4;
const GOLDEN = { y: 20, height: SIZE.golden_band };

/** An HTML element with attributes and children; strings become text. */
function el(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/** An SVG element with attributes and children. */
function draw(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

function furnish(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Where everything stands, from top to bottom, for these rows. */
function measure(rows, folded, bits, golden, prescaled) {
  const top = golden ? GOLDEN.y + GOLDEN.height + 10 : GOLDEN.y + 4;
  const fold = top + ROW * rows.length;
  const bitsTop = fold + (folded ? 29 : 14);
  const prescales = bitsTop + BIT_ROW * bits.length + (bits.length ? 6 : 0);
  const luminosityTop = prescales + (bits.length ? 6 : 0) + (prescaled ? PRESCALE : 0);
  const base = luminosityTop + LUMINOSITY + 0.5;
  return { top, fold, bits: bitsTop, prescales, luminosity: luminosityTop, base, time: base + 15.5, height: base + 21.5 };
}

/** The chip with a status letter, as in the grid. */
function chip(look, letter) {
  return el("span", { class: `st ${look}`, "aria-hidden": "true" }, look === "good" ? "" : letter);
}

/** The left column: what each row is, with a box to tick. */
function labelColumn(strip) {
  const { place } = strip;
  const head = (top, kind, ...text) => el("div", { class: `head ${kind}`, style: `top:${top}px` }, ...text);
  return [
    head(0, "", zoomedOut(strip) ? "lumisection" : allButton(strip)),
    ...(strip.golden ? [head(GOLDEN.y - 2, "golden", "in golden JSON")] : []),
    ...strip.rows.map((row, i) => rowLabel(strip, row, place.top + ROW * i)),
    ...(strip.foldable.length ? [foldButton(strip, place.fold + 3)] : []),
    ...strip.bits.map((bit, i) => bitText(bit.label, place.bits + BIT_ROW * i)),
    ...(strip.prescales.length ? [bitText("prescale", place.prescales + 1)] : []),
    head(place.luminosity + 5, "", el("b", {}, "recorded"), el("br"), "/pb per LS"),
    ...(strip.start === null ? [] : [head(place.time - 12, "", "UTC")]),
  ];
}

const bitText = (text, top) => el("div", { class: "bit", style: `top:${top}px`, title: text }, text);

function rowLabel(strip, row, top) {
  const ticked = strip.ticked.has(row.name);
  const box = el("input", { type: "checkbox", "aria-label": `Tick ${row.name}` });
  box.checked = ticked;
  box.addEventListener("change", () => strip.tick(row.name, box.checked));
  const name = el("button", { type: "button", class: "name", "aria-label": describe(strip, row) }, el("b", {}, row.label));
  if (row.group && row.group !== row.label) name.append(" ", el("span", {}, row.group));
  name.addEventListener("click", () => strip.emit({ component: row.name }));
  return el("div", { class: `row${ticked ? " ticked" : ""}`, "data-row": row.name, style: `top:${top}px` }, box, name);
}

/** A row in words, for those who hear it: how many lumisections say what, by dataset. */
function describe(strip, row) {
  const lanes = row.lanes.map((lane, i) => {
    const name = strip.laneNames[i] ?? "";
    if (lane === null) return `${name} has no such component`;
    const counts = new Map();
    for (const word of lane) {
      const lumis = countWithin(strip.known, word.first, word.last);
      if (lumis) counts.set(word.value, (counts.get(word.value) ?? 0) + lumis);
    }
    return `${name} ${[...counts].map(([value, n]) => `${strip.looks[value].word} ${number(n)}`).join(", ")}`.trim();
  });
  return [row.name, ...lanes, row.tail].filter(Boolean).join("; ");
}

function foldButton(strip, top) {
  const count = strip.foldable.length;
  const both = strip.laneNames.length > 1 ? " in both" : "";
  const text = strip.folded ? `▸ ${count} more, GOOD throughout${both}` : `▾ ${count} GOOD throughout${both}`;
  const button = el("button", { type: "button", class: "fold", "aria-expanded": !strip.folded + "", style: `top:${top}px` }, text);
  button.addEventListener("click", () => strip.fold(!strip.folded));
  return button;
}

const zoomedOut = (strip) => strip.view.first === 1 && strip.view.last === strip.end;

function allButton(strip) {
  const button = el("button", { type: "button", class: "all", title: "Double click on the strip does the same" });
  button.append(`↔ all ${number(strip.end)} LS`);
  button.addEventListener("click", () => strip.zoom(null));
  return button;
}

/** The right column: what each row comes to. */
function tailColumn(strip) {
  const { place } = strip;
  const head = (top, kind, ...text) => el("div", { class: `head ${kind}`, style: `top:${top}px` }, ...text);
  const golden = strip.golden && number(countWithin(strip.golden, 1, strip.end));
  return [
    ...(strip.golden ? [head(GOLDEN.y - 2, "golden", el("b", {}, golden), " LS")] : []),
    ...strip.rows.map((row, i) => rowTail(strip, row, place.top + ROW * i)),
    ...strip.bits.map((bit, i) => bitText(bit.tail, place.bits + BIT_ROW * i)),
    ...strip.luminosityLabels.map(([value, y]) => head(y - 8, "", value)),
  ];
}

function rowTail(strip, row, top) {
  const quiet = ["same", "0"].includes(row.tail) ? " quiet" : "";
  const ticked = strip.ticked.has(row.name) ? " ticked" : "";
  return el("div", { class: `row${quiet}${ticked}`, style: `top:${top}px` }, row.tail);
}

/** The line at the bottom: what the colours mean and what hands can do. */
function legend(strip) {
  const item = (mark, text) => el("span", { class: "lg" }, mark, text);
  const swatch = (kind) => el("i", { class: `sw ${kind}`, "aria-hidden": "true" });
  const statuses = strip.looks.slice(1, 6).map((look) => item(chip(look.look, look.letter), look.word));
  const key = (...names) => names.flatMap((name) => [el("kbd", {}, name), " "]);
  const next = strip.compares ? "next difference" : "next change";
  return [
    el(
      "div",
      { class: "legend" },
      ...statuses,
      item(chip("empty", "–"), "no value"),
      item(swatch("person"), "set by a person"),
      item(swatch("true"), "DCS true"),
      item(swatch("false"), "false"),
      strip.holes.length ? item(swatch("hole"), "not in OMS") : null,
    ),
    el(
      "div",
      { class: "hints" },
      ...[[...key("drag"), "range"], [...key("⇧ drag"), "zoom"], [...key(",", "."), next], [...key("Esc"), "clear"]].map(
        (parts) => el("span", {}, ...parts),
      ),
    ),
  ];
}
