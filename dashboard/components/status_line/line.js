// The status line: a dot and an age per source, and the clock; repainted each second in the browser.
const AGES = [[90, 1, "s"], [5400, 60, "min"], [172800, 3600, "h"], [Infinity, 86400, "d"]];
const TONES = { ok: "answers", silent: "is silent" };

function age(at) {
  const seconds = Math.max(0, (Date.now() - at) / 1000);
  const [, unit, word] = AGES.find(([most]) => seconds < most);
  return `${Math.round(seconds / unit)} ${word}`;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function paint(line, sources) {
  const parts = sources.map((source) => {
    const part = element("span", "source");
    const silence = source.tone === "silent" ? "silent for " : "";
    const said = source.at === null ? "not heard of yet" : `${silence}${age(source.at)}`;
    part.append(element("span", `dot ${source.tone}`), element("span", "", `${source.name} ${said}`));
    part.title = `${source.name} ${TONES[source.tone]}`;
    return part;
  });
  const now = new Date();
  const clock = element("span", "clock");
  const day = now.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  clock.append(element("b", "", now.toISOString().slice(11, 19)), ` UTC · ${day}`);
  clock.title = now.toLocaleString();
  line.replaceChildren(...parts, clock);
}

export default function ({ parentElement, data }) {
  const line = parentElement.querySelector(".line");
  const tick = () => paint(line, data.sources);
  tick();
  clearInterval(line.timer);
  line.timer = setInterval(tick, 1000);
  return () => clearInterval(line.timer);
}
