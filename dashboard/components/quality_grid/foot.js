// The foot: which rows these are, how many are ticked, what the colours mean, and which keys there are.

const KEYS = [[["↑", "↓"], "move"], [["Space"], "tick"], [["↵"], "open"]];

function showFoot(foot, sheet, shown, { rows, cells }) {
  const space = element("span", "space");
  const selected = `${NUMBER.format(rows)} selected${cells > 0 ? ` · ${NUMBER.format(cells)} cells` : ""}`;
  foot.replaceChildren(element("span", "", shown), element("span", "quiet", selected), space);
  const legend = element("span", "legend");
  for (const [token, letter, word] of legendOf(sheet)) {
    const entry = element("span", "entry");
    entry.append(element("i", `swatch ${token}`, letter), word);
    legend.append(entry);
  }
  const keys = element("span", "keys quiet");
  for (const [caps, does] of KEYS) {
    const key = element("span");
    key.append(...caps.map((cap) => element("kbd", "", cap)), does);
    keys.append(key);
  }
  foot.append(legend, keys);
}

function legendOf(sheet) {
  const entries = [], kinds = new Set(sheet.qualities.map((quality) => quality.kind));
  if (kinds.has("flag")) {
    const said = Object.values(sheet.look.flag);
    for (const token of ["good", "bad", "standby", "excluded", "notset", "empty"]) {
      const one = said.find((status) => status.token === token);
      entries.push([token, token === "good" ? "" : one.letter, token === "empty" ? "no value" : one.word]);
    }
  }
  if (kinds.has("bit")) entries.push(["true", "", "true"], ["false", "F", "false"]);
  entries.push(["remark", "", "comment"]);
  return entries;
}
