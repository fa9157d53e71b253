// Lumisections in the browser: words and ranges as they came, filled up, looked up, cut to what OMS knows, counted.

const GOOD = 1;
const UNSAID = 0;
const WORD_LENGTH = 5;

/** Ranges from [first, last, first, last, …]. */
function rangesOf(flat) {
  const ranges = [];
  for (let i = 0; i < flat.length; i += 2) ranges.push({ first: flat[i], last: flat[i + 1] });
  return ranges;
}

/** Words from [first, last, value, person, note, …], with `silence` wherever nobody spoke between 1 and `end`. */
function wordsOf(flat, end, silence) {
  const words = [];
  let next = 1;
  const silent = (last) => {
    if (last >= next) words.push({ first: next, last, value: silence, person: false, note: -1 });
  };
  for (let i = 0; i < flat.length && flat[i] <= end; i += WORD_LENGTH) {
    silent(flat[i] - 1);
    const last = Math.min(flat[i + 1], end);
    words.push({ first: flat[i], last, value: flat[i + 2], person: flat[i + 3] === 1, note: flat[i + 4] });
    next = last + 1;
  }
  silent(end);
  return words;
}

/** The position of the range that holds the lumisection, or of the first one after it. */
function indexAt(ranges, lumi) {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle].last < lumi) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The range or word that holds the lumisection, or null. */
function at(ranges, lumi) {
  const found = ranges[indexAt(ranges, lumi)];
  return found && found.first <= lumi ? found : null;
}

/** What is common to sorted ranges and the stretch from first to last. */
function within(ranges, first, last) {
  const out = [];
  for (let i = indexAt(ranges, first); i < ranges.length && ranges[i].first <= last; i++) {
    out.push({ first: Math.max(first, ranges[i].first), last: Math.min(last, ranges[i].last) });
  }
  return out;
}

/** How many lumisections of the stretch the ranges hold. */
function countWithin(ranges, first, last) {
  return within(ranges, first, last).reduce((sum, range) => sum + range.last - range.first + 1, 0);
}

/** The stretch with its ends moved inwards to known lumisections, or null where none is known. */
function trimmed(known, first, last) {
  const inside = within(known, first, last);
  return inside.length ? { first: inside[0].first, last: inside[inside.length - 1].last } : null;
}

/** The stretches between first and last that the ranges do not hold. */
function gapsOf(ranges, first, last) {
  const gaps = [];
  let next = first;
  for (const range of within(ranges, first, last)) {
    if (range.first > next) gaps.push({ first: next, last: range.first - 1 });
    next = range.last + 1;
  }
  if (next <= last) gaps.push({ first: next, last });
  return gaps;
}

/** The known stretches of a row that are worth a look: where its lanes differ, or where its only lane is not GOOD. */
function oddStretches(lanes, known) {
  const said = lanes.filter((lane) => lane !== null);
  if (!said.length) return [];
  const [upper, lower] = said;
  const odd = [];
  for (let i = 0, j = 0; i < upper.length && (!lower || j < lower.length); ) {
    const b = lower ? lower[j] : upper[i];
    const first = Math.max(upper[i].first, b.first);
    const last = Math.min(upper[i].last, b.last);
    if (lower ? upper[i].value !== b.value : upper[i].value !== GOOD) odd.push(...within(known, first, last));
    if (upper[i].last === last) i++;
    if (lower && b.last === last) j++;
  }
  return joined(odd);
}

/** Sorted stretches with touching ones made one. */
function joined(stretches) {
  const out = [];
  for (const s of stretches) {
    const before = out[out.length - 1];
    if (before && s.first <= before.last + 1) before.last = Math.max(before.last, s.last);
    else out.push({ first: s.first, last: s.last });
  }
  return out;
}

/** Whether every lane says GOOD in every known lumisection, and no person had to say so. */
function isGoodThroughout(lanes, known) {
  return lanes.every(
    (lane) =>
      lane !== null &&
      lane.every((w) => (w.value === GOOD && !w.person) || countWithin(known, w.first, w.last) === 0),
  );
}
