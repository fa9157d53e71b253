// From lumisections to pixels, to time and back, and the ticks that a reader expects.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MIN_PIXELS = SIZE.bar_min_segment;

/** A number as people read it: 1,004. */
const number = (n) => n.toLocaleString("en-US");

/** A range as people write it: "969–1,004", or "969". */
const rangeText = (first, last) => (first === last ? number(first) : `${number(first)}–${number(last)}`);

const dateText = (ms) => `${new Date(ms).getUTCDate()} ${MONTHS[new Date(ms).getUTCMonth()]} ${timeText(ms)}`;
const timeText = (ms, seconds = false) => new Date(ms).toISOString().slice(11, seconds ? 19 : 16);
const localText = (ms) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });

/** The linear scale that shows the lumisections `first` to `last` over `width` pixels. */
function lumiScale(first, last, width) {
  const each = width / (last - first + 1);
  return {
    first,
    last,
    width,
    each,
    /** Where the lumisection begins; where it ends is where the next one begins. */
    begin: (lumi) => (lumi - first) * each,
    /** The lumisection under a pixel. */
    lumiAt: (x) => Math.max(first, Math.min(last, first + Math.floor(x / each))),
  };
}

/** The whole pixels from a to b, at least `least` wide, kept inside the drawing. */
function pixels(scale, a, b, least) {
  let from = Math.round(a);
  let to = Math.round(b);
  if (to - from < least) {
    from = Math.round((a + b - least) / 2);
    to = from + least;
  }
  const shift = Math.max(0, -from) - Math.max(0, to - Math.floor(scale.width));
  return { from: from + shift, to: to + shift };
}

/** The holes of the view in pixels, never thinner than a hairline, and the known stretches between them. */
function partition(scale, known) {
  const holes = gapsOf(known, scale.first, scale.last).map((gap) => ({
    ...gap,
    ...pixels(scale, scale.begin(gap.first), scale.begin(gap.last + 1), MIN_PIXELS),
  }));
  const clear = within(known, scale.first, scale.last).map((range) => {
    const before = holes.find((hole) => hole.last === range.first - 1);
    const after = holes.find((hole) => hole.first === range.last + 1);
    const from = before ? before.to : Math.round(scale.begin(range.first));
    const to = after ? after.from : Math.round(scale.begin(range.last + 1));
    return { ...range, from, to: Math.max(from, to) };
  });
  return { holes, clear };
}

/** The smallest of 1, 2, 5, 10, 20 … that is not below `least`. */
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= least * 0.999);
}

/** The lumisections that carry a label: both ends and round numbers between. */
function lumiTicks(scale) {
  const step = Math.max(1, niceStep((scale.last - scale.first + 1) / Math.max(1, scale.width / 82)));
  const ticks = [];
  for (let lumi = Math.ceil((scale.first + 1) / step) * step; lumi < scale.last; lumi += step) {
    const x = scale.begin(lumi);
    if (x > 40 && x < scale.width - 54) ticks.push(lumi);
  }
  return { first: scale.first, last: scale.last, between: ticks, step };
}

/** Two or three round values up to the highest luminosity. */
function luminosityTicks(highest) {
  const step = niceStep(highest / 3);
  const ticks = [];
  for (let i = 1; i * step <= highest * 1.02; i++) ticks.push(i * step);
  return { ticks, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}
