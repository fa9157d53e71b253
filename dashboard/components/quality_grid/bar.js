// A status cell: a bar in true proportion of lumisections, the worst at the left edge, nothing thinner than a hairline.

const LETTER_PX = 7.2, DIGIT_PX = 5.6;

// The widths in px of segments that share a bar: true proportion, but none below the least.
function widthsOf(counts, width, least) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const widths = counts.map((count) => (count / total) * width);
  for (;;) {
    const thin = widths.map((px) => px <= least + 1e-9);
    const room = width - least * thin.filter(Boolean).length;
    const thick = counts.reduce((sum, count, i) => (thin[i] ? sum : sum + count), 0);
    counts.forEach((count, i) => { widths[i] = thin[i] ? least : (count / thick) * room; });
    if (widths.every((px, i) => thin[i] || px >= least)) return widths;
  }
}

function barOf(parts, width, least) {
  const bar = element("div", "bar");
  const segments = merged(parts).filter((part) => part.count > 0);
  if (segments.length === 0) return bar;
  if (segments.length === 1) {
    bar.classList.add(segments[0].token);
    if (!QUIET.has(segments[0].token)) bar.textContent = segments[0].letter;
    return bar;
  }
  const widths = widthsOf(segments.map((segment) => segment.count), width, least);
  bar.classList.add("mixed");
  segments.forEach((segment, i) => {
    const piece = element("b", segment.token);
    piece.style.width = `${widths[i]}px`;
    bar.append(piece);
  });
  label(bar, segments, widths);
  return bar;
}

// Letter and count of the worst, on the widest segment; the letter alone where the count has no room.
function label(bar, segments, widths) {
  const worst = segments[0];
  if (QUIET.has(worst.token)) return;
  const widest = widths.indexOf(Math.max(...widths));
  const full = `${worst.letter}${worst.count}`;
  const text = LETTER_PX + DIGIT_PX * (full.length - 1) <= widths[widest] - 2 ? full : worst.letter;
  const words = element("u", `on-${segments[widest].token}`, text);
  words.style.left = `${widths.slice(0, widest).reduce((sum, px) => sum + px, 0)}px`;
  words.style.width = `${widths[widest]}px`;
  bar.append(words);
}

// "No value found" and "nobody said" look alike: one segment.
function merged(parts) {
  const segments = [];
  for (const part of parts) {
    const last = segments.at(-1);
    if (last?.token === part.token) last.count += part.count;
    else segments.push({ ...part });
  }
  return segments;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
