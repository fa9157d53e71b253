// The sheet: columns and rows as the server sent them, and what a cell says. wire.py writes the same form.

const RUNNING = 1, NOT_SIGNIFICANT = 2, CHANGED = 4, CLOSED = 8;
const MIXED = "*", ABSENT = "-";
const NUMBER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 3 });
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// What a bit says, and what a flag says where BAD means keep; the statuses themselves come with the sheet.
const BITS = {
  0: { token: "false", word: "false", letter: "F" },
  1: { token: "true", word: "true", letter: "" },
  2: { token: "null", word: "not known", letter: "" },
};
const BIT_ORDER = ["false", "null", "true"];
const NEUTRAL = { bad: "kept", good: "dropped" };
const QUIET = new Set(["good", "true", "null", "kept"]);

function digestOf(bytes) {
  return String.fromCharCode(...bytes.subarray(0, 16));
}

function sheetOf(bytes) {
  const sheet = JSON.parse(new TextDecoder().decode(bytes.subarray(16)));
  sheet.digest = digestOf(bytes);
  sheet.at = new Map(sheet.ids.map((id, at) => [id, at]));
  const order = sheet.look.order;
  for (const quality of sheet.qualities) {
    quality.commented = new Set(quality.commented);
    quality.says = quality.kind === "bit" ? BITS : quality.inverted ? neutral(sheet.look.flag) : sheet.look.flag;
    quality.order = quality.kind === "bit" ? BIT_ORDER
      : quality.inverted ? ["dropped", ...order.slice(1, -1), "kept"] : order;
  }
  return sheet;
}

function neutral(flag) {
  return Object.fromEntries(Object.entries(flag).map(([code, said]) =>
    [code, { ...said, token: NEUTRAL[said.token] ?? said.token }]));
}

// The parts of a cell, the worst first: [{token, word, letter, count}], adding up to what the row knows.
function partsOf(sheet, at, quality) {
  return partsIn(quality, quality, at, sheet.known[at]);
}

// The parts of the bar beneath it, in the same order; none where the row has nothing beneath.
function partsBeneath(sheet, at, quality) {
  if (!quality.beneath || quality.beneath.uniform[at] === ABSENT) return null;
  return partsIn(quality, quality.beneath, at, 1);
}

function partsIn(quality, cells, at, known) {
  const uniform = cells.uniform[at];
  if (uniform !== MIXED) return [{ ...quality.says[uniform], count: known }];
  const cell = cells.mixed[at], parts = [];
  for (let i = 0; i < cell.length; i += 2) parts.push({ ...quality.says[cell[i]], count: cell[i + 1] });
  return parts.sort((a, b) => quality.order.indexOf(a.token) - quality.order.indexOf(b.token));
}

function spoken(parts) {
  return parts.map((part) => `${NUMBER.format(part.count)} ${part.word}`).join(", ");
}

function attributeText({ kind, decimals }, value) {
  if (value === null || value === undefined) return "";
  if (kind === "time") return shortTime(new Date(value * 1000));
  if (kind === "number" && typeof value === "number") return numberText(value, decimals);
  return String(value);
}

function numberText(value, decimals) {
  if (decimals === null) return NUMBER.format(value);
  return value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

function shortTime(time) {
  return `${time.getUTCDate()} ${MONTHS[time.getUTCMonth()]} ${two(time.getUTCHours())}:${two(time.getUTCMinutes())}`;
}

function longTime(time) {
  const local = time.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
  return `${time.toISOString().replace("T", " ").slice(0, 19)} UTC · ${local} local`;
}

function two(number) {
  return String(number).padStart(2, "0");
}
