// The "as of" line: one mark per change set, a knob to look at the strip as it was after it, and a replay.

const MARK_GAP = 10;
const REPLAY_MS = 1200;

/** The line, the words for the place on it, and the replay button. */
function asOfLine(strip) {
  const track = el("div", { class: "track", role: "slider", tabindex: 0, "aria-label": "As of", "aria-valuemin": 0 });
  strip.track = track;
  watchTrack(strip, track);
  return el(
    "div",
    { class: "as-of", hidden: "" },
    el("span", { class: "lb" }, "As of"),
    track,
    el("b", { class: "chosen" }),
    replayButton(strip),
  );
}

/** Put marks and knob where they belong for the width the track has now. */
function layTrack(strip) {
  const { track, marks } = strip;
  if (!marks.length) return;
  const width = track.clientWidth;
  strip.stops = [...spread(marks.map((mark) => mark.at), width), width];
  const chosen = chosenStop(strip);
  const knobAt = strip.stops[chosen];
  const past = el("i", { class: "past", style: `width:${knobAt}px` });
  const dots = marks.map((mark, i) =>
    el("i", {
      class: mark.person ? "mark person" : "mark rule",
      style: `left:${strip.stops[i]}px`,
      title: `${dateText(mark.at)} · ${mark.label}`,
    }),
  );
  track.replaceChildren(past, ...dots, el("i", { class: "knob", style: `left:${knobAt}px` }));
  const text = stopText(strip, chosen);
  track.setAttribute("aria-valuemax", marks.length);
  track.setAttribute("aria-valuenow", chosen);
  track.setAttribute("aria-valuetext", text);
  track.parentElement.querySelector(".chosen").textContent = text;
}

/** Places between 2 % and 93 % of the width by time, moved apart where changes came close together. */
function spread(times, width) {
  const [low, high] = [width * 0.02, width * 0.93];
  const [first, last] = [times[0], times[times.length - 1]];
  const gap = Math.min(MARK_GAP, (high - low) / Math.max(1, times.length - 1));
  const places = times.map((time) => (last > first ? low + ((time - first) / (last - first)) * (high - low) : low));
  for (let i = 1; i < places.length; i++) places[i] = Math.max(places[i], places[i - 1] + gap);
  let limit = high;
  for (let i = places.length - 1; i >= 0; i--, limit -= gap) places[i] = Math.min(places[i], limit);
  return places.map(Math.round);
}

/** The stop of the chosen change set; behind the last mark is now. */
function chosenStop(strip) {
  const index = strip.marks.findIndex((mark) => mark.id === strip.asOf);
  return index < 0 ? strip.marks.length : index;
}

function stopText(strip, stop) {
  const { marks } = strip;
  if (stop === marks.length) return `now · since ${dateText(marks[marks.length - 1].at)}`;
  return `${dateText(marks[stop].at)} · ${marks[stop].label}`;
}

function watchTrack(strip, track) {
  const nearest = (event) => {
    const x = event.clientX - track.getBoundingClientRect().left;
    return strip.stops.reduce((best, stop, i) => (Math.abs(stop - x) < Math.abs(strip.stops[best] - x) ? i : best), 0);
  };
  track.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    track.focus({ preventScroll: true });
    track.setPointerCapture(event.pointerId);
    strip.dragging = true;
    strip.lookAt(nearest(event), { later: true });
  });
  track.addEventListener("pointermove", (event) => strip.dragging && strip.lookAt(nearest(event), { later: true }));
  track.addEventListener("pointerup", () => {
    strip.flush();
    strip.release();
  });
  track.addEventListener("keydown", (event) => {
    const stop = chosenStop(strip);
    const to = { ArrowLeft: stop - 1, ArrowRight: stop + 1, Home: 0, End: strip.marks.length }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    strip.lookAt(Math.max(0, Math.min(strip.marks.length, to)), { later: true });
  });
}

/** Go through all changes, one after the other, from the first to now. */
function replayButton(strip) {
  const button = el("button", { type: "button", class: "replay" }, "▸ Replay");
  button.addEventListener("click", () => {
    if (strip.replaying) return stopReplay(strip);
    button.textContent = "■ Stop";
    strip.lookAt(0);
    strip.replaying = setInterval(() => {
      strip.lookAt(chosenStop(strip) + 1);
      if (strip.asOf === null) stopReplay(strip);
    }, REPLAY_MS);
  });
  strip.replayButton = button;
  return button;
}

function stopReplay(strip) {
  clearInterval(strip.replaying);
  strip.replaying = 0;
  strip.replayButton.textContent = "▸ Replay";
}
