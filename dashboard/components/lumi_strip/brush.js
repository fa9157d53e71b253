// The hand on the strip: drag selects a range, Shift+drag zooms, the handles move its ends, a double click shows all.

const CLICK_PIXELS = 3;
const DOUBLE_CLICK_MS = 260;

/** Draw the selection: the shade, two handles, and its label on the axis with the count of known lumisections. */
function drawBrush(strip, range = strip.selected, kind = "range") {
  strip.brush.replaceChildren();
  strip.say(range);
  if (!range || range.last < strip.scale.first || range.first > strip.scale.last) return;
  const { scale, place } = strip;
  const from = Math.max(0, scale.begin(range.first));
  const to = Math.min(scale.width, scale.begin(range.last + 1));
  const width = Math.max(1.5, to - from);
  const shade = { x: from, y: 14, width, height: place.base - 14 };
  strip.brush.append(draw("rect", { class: `shade ${kind}`, ...shade }));
  if (kind === "range") {
    const y = Math.round((14 + place.base) / 2 - 14);
    if (range.first >= scale.first) strip.brush.append(handle("first", from, y, shade));
    if (range.last <= scale.last) strip.brush.append(handle("last", from + width, y, shade));
  }
  strip.brush.append(brushLabel(strip, range, from + width / 2));
}

/** A grip of 4 × 28 on a line that can be caught anywhere along its height. */
function handle(end, x, y, shade) {
  return draw(
    "g",
    { class: "handle", "data-end": end },
    draw("rect", { class: "reach", x: x - 4, y: shade.y, width: 8, height: shade.height }),
    draw("rect", { class: "grip", x: x - 2, y, width: 4, height: 28, rx: 2 }),
  );
}

function brushLabel(strip, range, middle) {
  const text = selectionText(strip, range);
  const half = text.length * 2.45 + 8;
  const x = Math.max(half - BLEED, Math.min(strip.scale.width + BLEED - half, middle));
  return draw(
    "g",
    { class: "label", transform: `translate(${Math.round(x)},7)` },
    draw("rect", { x: -half, y: -7, width: 2 * half, height: 17, rx: 4 }),
    draw("text", { y: 5.5, "text-anchor": "middle" }, text),
  );
}

/** "LS 969–1,004 · 36": the count leaves holes out. */
function selectionText(strip, range) {
  return `LS ${rangeText(range.first, range.last)} · ${number(countWithin(strip.known, range.first, range.last))}`;
}

/** Let the pointer drag on the plot. */
function watchDrag(strip) {
  const { plot } = strip;
  let drag = null;
  const lumiOf = (event) => strip.scale.lumiAt(pointOf(strip, event).x);

  plot.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    plot.focus({ preventScroll: true });
    plot.setPointerCapture(event.pointerId);
    drag = { ...beginning(strip, event, lumiOf(event)), x: event.clientX, y: pointOf(strip, event).y, moved: false };
    strip.dragging = true;
  });
  plot.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag.moved ||= Math.abs(event.clientX - drag.x) >= CLICK_PIXELS;
    if (drag.moved) drawBrush(strip, stretchOf(strip, drag.anchor, lumiOf(event)), drag.kind);
  });
  plot.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const { anchor, kind, moved, y } = drag;
    drag = null;
    strip.release();
    if (!moved) return click(strip, lumiOf(event), y);
    const range = stretchOf(strip, anchor, lumiOf(event));
    if (kind === "zoom") strip.zoom(range);
    else strip.select(range);
  });
  plot.addEventListener("pointercancel", () => {
    drag = null;
    strip.release();
    drawBrush(strip);
  });
  plot.addEventListener("dblclick", () => {
    clearTimeout(strip.clicked);
    strip.zoom(null);
  });
  watchWheel(strip, lumiOf);
}

/** A new range from here, a zoom, or one end of the present range with the other one held. */
function beginning(strip, event, lumi) {
  const end = event.target.closest?.("[data-end]")?.dataset.end;
  if (end) return { kind: "range", anchor: end === "first" ? strip.selected.last : strip.selected.first };
  return { kind: event.shiftKey ? "zoom" : "range", anchor: lumi };
}

/** From one lumisection to another in either direction, with ends that OMS knows. */
function stretchOf(strip, a, b) {
  return trimmed(strip.known, Math.min(a, b), Math.max(a, b));
}

/** A click on a word selects its range and names its component; on GOOD, or beside the rows, it does nothing. */
function click(strip, lumi, y) {
  clearTimeout(strip.clicked);
  const row = y >= strip.place.top ? strip.rows[Math.floor((y - strip.place.top) / ROW)] : undefined;
  if (!row || !at(strip.known, lumi)) return;
  const words = row.lanes.filter((lane) => lane !== null).map((lane) => at(lane, lumi));
  const word = words.find((w) => w.value !== GOOD);
  if (!word) return;
  const range = trimmed(strip.known, word.first, word.last);
  strip.clicked = setTimeout(() => strip.select(range, { component: row.name }), DOUBLE_CLICK_MS);
}

/** Wheel sideways moves a zoomed view, Ctrl+wheel zooms about the pointer; the plain wheel scrolls the page. */
function watchWheel(strip, lumiOf) {
  strip.plot.addEventListener(
    "wheel",
    (event) => {
      const { first, last } = strip.view;
      const length = last - first + 1;
      if (event.ctrlKey) {
        event.preventDefault();
        const factor = event.deltaY > 0 ? 1.25 : 0.8;
        const pointer = lumiOf(event);
        strip.zoomTo(Math.round(pointer - (pointer - first) * factor), Math.round(pointer + (last - pointer) * factor));
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY) && length < strip.end) {
        event.preventDefault();
        const by = Math.round((event.deltaX / strip.scale.width) * length) || Math.sign(event.deltaX);
        const begin = Math.max(1, Math.min(strip.end - length + 1, first + by));
        strip.zoomTo(begin, begin + length - 1);
      }
    },
    { passive: false },
  );
}
