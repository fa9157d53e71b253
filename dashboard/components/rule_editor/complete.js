// Completion of facts: while the name of a fact is written, those that fit, with unit, meaning and value.

const MOST_OFFERED = 8;
const BEFORE_A_NAME = /"(?:var|missing)"\s*:\s*\[?\s*"([^"\\]*)$/;

/** The name that is being written at the caret, from `start` on; null where none is. */
function nameAt(text, caret) {
  const begun = text.slice(0, caret).match(BEFORE_A_NAME);
  if (!begun) return null;
  const rest = text.slice(caret).match(/^[^"\\\n]*/)[0];
  return { start: caret - begun[1].length, end: caret + rest.length, typed: begun[1] };
}

/** The facts that fit what is typed: those whose last word begins so, then those that have it anywhere. */
function fitting(facts, typed) {
  const sought = typed.toLowerCase();
  const rank = ({ name, meaning }) => {
    const lower = name.toLowerCase();
    if (lower === sought) return 0;
    if (lower.split(".").pop().startsWith(sought) || lower.startsWith(sought)) return 1;
    if (lower.includes(sought)) return 2;
    return sought.length > 2 && meaning.toLowerCase().includes(sought) ? 3 : 4;
  };
  const ranked = facts.map((fact) => [rank(fact), fact]).filter(([place]) => place < 4);
  return ranked.sort(([a], [b]) => a - b).slice(0, MOST_OFFERED).map(([, fact]) => fact);
}

function offerRow(fact, isChosen) {
  const row = element("div", isChosen ? "offer chosen" : "offer");
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", String(isChosen));
  row.append(element("b", "", fact.name), element("span", "", fact.unit || fact.kind), element("em", "", fact.value));
  row.title = fact.meaning;
  return row;
}
