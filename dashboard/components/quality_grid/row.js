// A row: tick, frozen attributes that stay at the left, then the columns that are in view.

function rowOf(sheet, at, layout, view) {
  const row = element("div", "row");
  row.id = `row-${at}`;
  row.setAttribute("role", "row");
  row.setAttribute("aria-rowindex", at + 2);
  row.dataset.id = sheet.ids[at];
  row.style.top = `${at * sheet.look.size.row}px`;
  if (sheet.marks[at] & NOT_SIGNIFICANT) row.classList.add("insignificant");
  if (sheet.marks[at] & CLOSED) row.classList.add("closed");
  const frozen = element("div", "fz");
  frozen.style.width = `${layout.frozenWidth}px`;
  frozen.append(tickOf(sheet.ids[at]));
  layout.frozen.forEach((column) => frozen.append(attributeCell(sheet, at, column)));
  row.append(frozen);
  for (const column of view.columns) {
    if (column.quality && sheet.marks[at] & NOT_SIGNIFICANT) continue;
    const cell = column.quality ? qualityCell(sheet, at, column, layout) : attributeCell(sheet, at, column);
    cell.style.left = `${layout.frozenWidth + column.left}px`;
    row.append(cell);
  }
  if (sheet.marks[at] & NOT_SIGNIFICANT) row.append(insignificant(layout));
  return row;
}

function tickOf(id) {
  const cell = element("div", "tick");
  cell.setAttribute("role", "gridcell");
  cell.setAttribute("aria-colindex", 1);
  const box = element("span", "box");
  box.setAttribute("role", "checkbox");
  box.setAttribute("aria-label", `tick ${id}`);
  cell.append(box);
  return cell;
}

function attributeCell(sheet, at, column) {
  const { name, kind, values, width } = column.attribute;
  const cell = element("div", `a ${kind}`);
  cell.setAttribute("role", "gridcell");
  cell.setAttribute("aria-colindex", column.index);
  cell.dataset.column = name;
  cell.style.width = `${width}px`;
  const value = values[at], text = attributeText(column.attribute, value);
  if (kind === "state") stateIn(cell, text, sheet.marks[at]);
  else if (kind === "links") cell.append(...(value ?? []).map(linkTo));
  else if (kind === "verdict") verdictIn(cell, value, sheet.look.flag);
  else cell.textContent = text;
  if (kind === "time" && value !== null) cell.title = longTime(new Date(value * 1000));
  else if (kind === "text" || kind === "class" || kind === "link") cell.title = text;
  return cell;
}

// OPEN and a running run ask for attention, the signed-off ones do not.
function stateIn(cell, text, marks) {
  if (marks & RUNNING) {
    const pill = element("span", "pill");
    pill.append(element("span", "dot"), "LIVE");
    pill.title = `running now, ${text}`;
    cell.append(pill);
  } else {
    cell.append(element("span", text === "OPEN" ? "pill" : text === "SIGNOFF" ? "said" : "said quiet", text));
    cell.title = text;
  }
  if (marks & CHANGED) {
    const flag = element("span", "changed", "▲");
    flag.title = "OMS changed this after the sign-off";
    flag.setAttribute("aria-label", flag.title);
    cell.append(flag);
  }
}

function qualityCell(sheet, at, column, layout) {
  const { quality } = column;
  const cell = element("div", column.first ? "k first" : "k");
  cell.id = `cell-${at}-${column.index}`;
  cell.setAttribute("role", "gridcell");
  cell.setAttribute("aria-colindex", column.index);
  cell.dataset.column = quality.name;
  cell.style.width = `${column.width}px`;
  const parts = partsOf(sheet, at, quality), size = sheet.look.size;
  const commented = quality.commented.has(at);
  if (commented) cell.classList.add("commented");
  cell.setAttribute("aria-label", `${quality.name}: ${spoken(parts)}${commented ? ", commented" : ""}`);
  cell.append(barOf(parts, layout.bar, size.bar_min_segment));
  const beneath = partsBeneath(sheet, at, quality);
  if (beneath) {
    const thin = barOf(beneath.map((part) => ({ ...part, letter: "" })), layout.bar, size.bar_min_segment);
    thin.replaceChildren(...thin.querySelectorAll("b"));
    thin.classList.add("thin");
    cell.classList.add("paired");
    cell.append(thin);
  }
  return cell;
}

// A way out opens beside the registry; a click on it neither selects nor ticks.
function linkTo([label, address]) {
  const link = element("a", "out", label);
  if (/^https?:/.test(address)) link.href = address;
  link.target = "_blank";
  link.rel = "noopener";
  link.title = address;
  return link;
}

function verdictIn(cell, value, looks) {
  if (value === null) return;
  const [code, words] = value, { token, letter } = looks[code];
  cell.append(element("i", `swatch ${token}`, letter), element("span", token === "good" ? "quiet" : "loud", words));
  cell.title = words;
}

function insignificant(layout) {
  const cell = element("div", "none", "not significant, no flags");
  cell.setAttribute("role", "gridcell");
  cell.style.left = `${layout.frozenWidth}px`;
  cell.style.marginLeft = `${layout.looseWidth}px`;
  if (layout.action) {
    const act = element("button", "act", layout.action);
    act.type = "button";
    act.tabIndex = -1;
    cell.append(act);
  }
  return cell;
}
