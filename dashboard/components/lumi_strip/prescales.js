// Under which column of the trigger's prescale table the lumisections were taken: a quiet row of names above luminosity.

const PRESCALE = 14;
const PRESCALE_LETTER = 6;

const prescalesOf = (told) => told.map(([first, last, name]) => ({ first, last, name }));

function prescaleDrawing(strip) {
  const group = draw("g", { class: "prescales" });
  for (const { word, from, to } of pieces(strip, strip.prescales, undefined)) {
    group.append(draw("rect", { x: from + 0.5, y: strip.place.prescales + 0.5, width: Math.max(to - from - 1, 1), height: PRESCALE - 1 }));
    if (word.name.length * PRESCALE_LETTER < to - from) {
      group.append(draw("text", { x: (from + to) / 2, y: strip.place.prescales + 10.5 }, word.name));
    }
  }
  return group;
}

function prescaleCard(strip, lumi) {
  const word = at(strip.prescales, lumi);
  if (!word) return [title(["prescale", lumi, lumi]), el("div", { class: "quiet" }, "OMS does not say.")];
  const count = countWithin(strip.known, word.first, word.last);
  return [title(["prescale", word.first, word.last], count), el("div", { class: "line" }, word.name)];
}
