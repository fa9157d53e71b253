// The drawing of rows: lanes in true ranges with the worst on top, DCS bits, the golden band, holes, axes.

const LETTER_WIDTH = 20;

/** Draw everything in the present view; the brush stays on top. */
function drawPlot(strip) {
  const { place, scale } = strip;
  const width = scale.width + 2 * BLEED;
  const size = { width, height: place.height, viewBox: `${-BLEED} 0 ${width} ${place.height}` };
  const label = `Lumisection strip of ${strip.rows.length} components over ${number(strip.lumis)} lumisections`;
  furnish(strip.plot, { ...size, "aria-label": label }, []);
  strip.plot.replaceChildren(
    patterns(),
    axes(strip),
    holes(strip),
    ...(strip.golden ? [goldenBand(strip)] : []),
    ...strip.rows.map((row, i) => rowDrawing(strip, row, place.top + ROW * i)),
    ...strip.bits.map((bit, i) => bitDrawing(strip, bit, place.bits + BIT_ROW * i)),
    prescaleDrawing(strip),
    luminosityDrawing(strip),
    strip.brush,
  );
}

/** Hatches, so that nothing is told by colour alone. */
function patterns() {
  const hatch = (id, size, angle, ...lines) =>
    draw(
      "pattern",
      { id, width: size, height: size, patternUnits: "userSpaceOnUse", patternTransform: `rotate(${angle})` },
      ...lines.map(([name, width]) => draw("rect", { class: name, width: width ?? size, height: size })),
    );
  return draw(
    "defs",
    {},
    hatch("hatch-excluded", 5, 45, ["paper-excluded"], ["line-excluded", 1.6]),
    hatch("hatch-empty", 4, -45, ["paper-empty"], ["line-empty", 1]),
    hatch("hatch-hole", 6, 45, ["paper-hole"], ["line-hole", 1.2]),
  );
}

function axes(strip) {
  const { scale, place } = strip;
  const group = draw("g", { class: "axes" });
  const ticks = lumiTicks(scale);
  const seconds = strip.start !== null && ticks.step * strip.secondsPerLumi < 120;
  const label = (lumi, x, anchor) => {
    group.append(draw("text", { x, y: 12, "text-anchor": anchor }, number(lumi)));
    if (strip.start !== null) {
      group.append(draw("text", { x, y: place.time, "text-anchor": anchor }, timeText(strip.timeOf(lumi), seconds)));
    }
  };
  label(ticks.first, 0, "start");
  for (const lumi of ticks.between) {
    const x = Math.round(scale.begin(lumi)) + 0.5;
    group.append(draw("line", { class: "grid", x1: x, x2: x, y1: 16, y2: place.base }));
    label(lumi, x, "middle");
  }
  if (ticks.last !== ticks.first) label(ticks.last, scale.width, "end");
  return group;
}

/** Lumisections that OMS does not know: a hatched gap through everything. */
function holes(strip) {
  const group = draw("g", { class: "holes" });
  for (const hole of strip.holes) {
    group.append(
      draw("rect", {
        class: "hole",
        x: hole.from,
        y: GOLDEN.y - 2,
        width: hole.to - hole.from,
        height: strip.place.base - GOLDEN.y + 2,
        "data-first": hole.first,
        "data-last": hole.last,
      }),
    );
  }
  return group;
}

/** What is in the golden JSON; two ranges are never painted as one. */
function goldenBand(strip) {
  const { scale } = strip;
  let path = "";
  let edge = -1;
  for (const range of within(strip.golden, scale.first, scale.last)) {
    const { from, to } = pixels(scale, scale.begin(range.first), scale.begin(range.last + 1), MIN_PIXELS);
    const x = Math.max(from, edge + 1);
    if (to > x) path += box(x, GOLDEN.y, to - x, GOLDEN.height);
    edge = Math.max(edge, to);
  }
  return draw("path", { class: "golden", d: path });
}

const box = (x, y, width, height) => `M${x} ${y}h${width}v${height}h${-width}z`;

/** The pieces of sorted words on the screen; a word that is not `quiet` is never thinner than a hairline. */
function pieces(strip, words, quiet) {
  const { scale } = strip;
  const out = [];
  for (const stretch of strip.clear) {
    for (let i = indexAt(words, stretch.first); i < words.length && words[i].first <= stretch.last; i++) {
      const word = words[i];
      const first = Math.max(word.first, stretch.first);
      const last = Math.min(word.last, stretch.last);
      let from = first === stretch.first ? stretch.from : Math.round(scale.begin(first));
      let to = last === stretch.last ? stretch.to : Math.round(scale.begin(last + 1));
      if (to - from < MIN_PIXELS && word.value !== quiet) ({ from, to } = pixels(scale, from, to, MIN_PIXELS));
      if (to > from) out.push({ word, from, to, first, last });
    }
  }
  return out;
}

function rowDrawing(strip, row, top) {
  const single = row.lanes.length === 1;
  const group = draw("g", { class: single ? "lanes single" : "lanes", "data-row": row.name });
  row.lanes.forEach((lane, i) => {
    const y = single ? top + (ROW - ONE_LANE) / 2 - 0.5 : top + 2.5 + i * (LANE + 1);
    group.append(laneDrawing(strip, lane, Math.round(y), single ? ONE_LANE : LANE));
  });
  group.append(draw("line", { class: "rule", x1: -BLEED, x2: strip.scale.width + BLEED, y1: top + 25.5, y2: top + 25.5 }));
  return group;
}

/** One dataset's words for one component: a path per status, quiet ones first so that the worst stays on top. */
function laneDrawing(strip, lane, y, height) {
  const group = draw("g", {});
  if (lane === null) {
    const middle = y + height / 2;
    group.append(draw("line", { class: "absent", x1: 0, x2: strip.scale.width, y1: middle, y2: middle }));
    return group;
  }
  const paths = new Map();
  let persons = "";
  const letters = [];
  for (const piece of pieces(strip, lane, GOOD)) {
    const { look, letter } = strip.looks[piece.word.value];
    const width = piece.to - piece.from;
    const inset = look === "notset" || look === "empty" ? 0.5 : 0;
    paths.set(look, (paths.get(look) ?? "") + box(piece.from + inset, y + inset, width - 2 * inset, height - 2 * inset));
    if (piece.word.person) persons += box(piece.from, y + height - 2, width, 2);
    if (look !== "good" && width >= LETTER_WIDTH) {
      letters.push(draw("text", { class: look, x: (piece.from + piece.to) / 2, y: y + height / 2 + (height === ONE_LANE ? 3.7 : piece.word.person ? 2.5 : 3) }, letter));
    }
  }
  for (const look of PAINT_ORDER) {
    if (paths.has(look)) group.append(draw("path", { class: look, d: paths.get(look) }));
  }
  group.append(...letters);
  if (persons) group.append(draw("path", { class: "person", d: persons }));
  return group;
}

/** A DCS bit: a thin quiet line where it was true, a thick red one where it was false, nothing where OMS is silent. */
function bitDrawing(strip, bit, top) {
  let ready = "";
  let failing = "";
  for (const { word, from, to } of pieces(strip, bit.words, BIT.true)) {
    if (word.value === BIT.true) ready += box(from, top + 4, to - from, 4);
    else if (word.value === BIT.false) failing += box(from, top + 2, to - from, 8);
  }
  const group = draw("g", { "data-bit": bit.name });
  if (ready) group.append(draw("path", { class: "dcs-true", d: ready }));
  if (failing) group.append(draw("path", { class: "dcs-false", d: failing }));
  return group;
}

const BIT = { false: 0, true: 1, null: 2 };
