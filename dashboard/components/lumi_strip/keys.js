// The keyboard on the strip: , and . go through what differs, arrows move the range, Esc clears.

/** Listen as long as no field has the focus; the answer stops listening. */
function watchKeys(strip) {
  const listen = (event) => {
    const target = event.composedPath()[0];
    const mine = strip.root.contains(target) || target === document.body;
    if (!mine || isField(target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keyAct(strip, event, target);
    if (!act) return;
    event.preventDefault();
    strip.card.hidden = true;
    act();
  };
  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}

const isField = (target) =>
  target.isContentEditable ||
  ["TEXTAREA", "SELECT"].includes(target.tagName) ||
  (target.tagName === "INPUT" && target.type !== "checkbox");

function keyAct(strip, event, target) {
  const onPlot = target === strip.plot;
  switch (event.key) {
    case ",":
      return () => goTo(strip, -1);
    case ".":
      return () => goTo(strip, 1);
    case "Escape":
      return strip.selected || strip.dragging ? () => strip.select(null) : null;
    case "ArrowLeft":
      return onPlot ? () => step(strip, -1, event.shiftKey) : null;
    case "ArrowRight":
      return onPlot ? () => step(strip, 1, event.shiftKey) : null;
    default:
      return null;
  }
}

/** Select the next or previous odd stretch of the ticked rows (of all rows when none is ticked). */
function goTo(strip, direction) {
  const rows = strip.rows.filter((row) => !strip.ticked.size || strip.ticked.has(row.name));
  const odd = oddPlaces(rows, strip.known);
  if (!odd.length) return;
  const here = strip.selected ?? (direction > 0 ? { first: 0, last: 0 } : { first: Infinity, last: Infinity });
  const next =
    direction > 0
      ? (odd.find((o) => o.first > here.first || (o.first === here.first && o.last > here.last)) ?? odd[0])
      : (odd.findLast((o) => o.first < here.first || (o.first === here.first && o.last < here.last)) ?? odd.at(-1));
  strip.reveal(next);
  strip.select(next, { later: true });
}

/** The odd stretches of all rows, each once, in order. */
function oddPlaces(rows, known) {
  const places = new Map();
  for (const row of rows) {
    for (const place of oddStretches(row.lanes, known)) places.set(`${place.first}-${place.last}`, place);
  }
  return [...places.values()].sort((a, b) => a.first - b.first || a.last - b.last);
}

/** Move the range by a lumisection, or only its end. */
function step(strip, by, endOnly) {
  const range = strip.selected ?? { first: strip.view.first, last: strip.view.first };
  const inside = (lumi) => Math.max(1, Math.min(strip.end, lumi));
  const first = endOnly ? range.first : inside(range.first + (strip.selected ? by : 0));
  const last = inside(range.last + (strip.selected ? by : 0));
  if (last < first) return;
  const moved = { first, last };
  if (!countWithin(strip.known, first, last)) return strip.select(beyondHole(strip, moved, by), { later: true });
  strip.reveal(moved);
  strip.select(moved, { later: true });
}

/** The nearest known lumisection in the direction of travel; where there is none the range stays. */
function beyondHole(strip, range, by) {
  const ahead = by > 0 ? within(strip.known, range.last, strip.end)[0] : within(strip.known, 1, range.first).at(-1);
  if (!ahead) return strip.selected;
  const lumi = by > 0 ? ahead.first : ahead.last;
  return { first: lumi, last: lumi };
}
