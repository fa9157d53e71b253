// Recorded luminosity per lumisection as an area; where it is not known there is no line, which is not zero.

/** Luminosity of the view as points by stretch: one per lumisection, or lowest and highest per pixel where crowded. */
function luminosityColumns(recorded, known, scale) {
  const columns = scale.each >= 1 ? eachLumisection(recorded, known, scale) : eachPixel(recorded, known, scale);
  const stretches = [];
  let open = null;
  for (const column of columns) {
    if (column.low === null) open = null;
    else if (open) open.push(column);
    else stretches.push((open = [column]));
  }
  return stretches;
}

const luminosityOf = (recorded, known, lumi) => (at(known, lumi) ? (recorded[lumi - 1] ?? null) : null);

function eachLumisection(recorded, known, scale) {
  const columns = [];
  for (let lumi = scale.first; lumi <= scale.last; lumi++) {
    const value = luminosityOf(recorded, known, lumi);
    columns.push({ from: scale.begin(lumi), to: scale.begin(lumi + 1), low: value, high: value });
  }
  return columns;
}

/** A pixel with an unknown lumisection in it is a gap: silence is never averaged away. */
function eachPixel(recorded, known, scale) {
  const columns = [];
  let lumi = scale.first;
  for (let x = 0; x < scale.width && lumi <= scale.last; x++) {
    const column = { from: x, to: x + 1, low: Infinity, high: -Infinity };
    let silent = false;
    const end = Math.min(scale.last, scale.first - 1 + Math.max(1, Math.floor((x + 1) / scale.each + 1e-9)));
    for (; lumi <= end; lumi++) {
      const value = luminosityOf(recorded, known, lumi);
      silent ||= value === null;
      column.low = Math.min(column.low, value ?? Infinity);
      column.high = Math.max(column.high, value ?? -Infinity);
    }
    columns.push(silent || column.low > column.high ? { ...column, low: null, high: null } : column);
  }
  return columns;
}

/** The highest luminosity of the run: the axis stays when the view moves. */
const highestOf = (recorded) => recorded.reduce((highest, value) => Math.max(highest, value ?? 0), 0);

function luminosityDrawing(strip) {
  const { place, scale } = strip;
  const group = draw("g", { class: "luminosity" });
  const highest = highestOf(strip.recorded);
  const yOf = (value) => place.base - (highest ? (value / highest) * (LUMINOSITY - 6) : 0);
  const { ticks, digits } = highest ? luminosityTicks(highest) : { ticks: [], digits: 0 };
  strip.luminosityLabels = ticks.map((value) => [value.toFixed(digits), Math.round(yOf(value))]);
  for (const value of ticks) {
    const y = Math.round(yOf(value)) + 0.5;
    group.append(draw("line", { class: "level", x1: 0, x2: scale.width, y1: y, y2: y }));
  }
  group.append(draw("line", { class: "base", x1: 0, x2: scale.width, y1: place.base, y2: place.base }));
  for (const stretch of luminosityColumns(strip.recorded, strip.known, scale)) {
    group.append(draw("path", { class: "area", d: areaPath(stretch, yOf, place.base) }));
    group.append(draw("path", { class: "curve", d: curvePath(stretch, yOf, highest) }));
  }
  return group;
}

function areaPath(stretch, yOf, base) {
  const top = stretch.map((c) => `H${fixed(c.from)}V${fixed(yOf(c.high))}H${fixed(c.to)}`).join("");
  return `M${fixed(stretch[0].from)} ${base}${top}V${base}Z`;
}

/** The line runs along the highest values and dips to the lowest where a pixel holds both. */
function curvePath(stretch, yOf, highest) {
  const dips = highest * 0.03;
  let path = "";
  for (const c of stretch) {
    path += `${path ? "V" : `M${fixed(c.from)} `}${fixed(yOf(c.high))}`;
    if (c.high - c.low > dips) path += `H${fixed((c.from + c.to) / 2)}V${fixed(yOf(c.low))}V${fixed(yOf(c.high))}`;
    path += `H${fixed(c.to)}`;
  }
  return path;
}

const fixed = (n) => Math.round(n * 10) / 10;
