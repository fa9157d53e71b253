// The head: groups of columns, names that sort, the tick for all; and the layout that rows and head share.

const MARGIN_PX = 8; // room for the scroll bar beside the last column
const FIRST_DESCENDING = new Set(["number", "id", "time", "link", "flag", "bit"]);

function layoutOf(sheet, room, action) {
  const size = sheet.look.size, tick = size.row;
  const frozen = [], columns = [];
  const behind = sheet.attributes.filter((attribute) => attribute.behind);
  let frozenWidth = tick, left = 0, index = 2;
  for (const attribute of sheet.attributes.filter((one) => !one.behind)) {
    const column = { attribute, name: attribute.name, kind: attribute.kind, width: attribute.width, index: index++ };
    if (attribute.frozen) {
      frozen.push(column);
      frozenWidth += attribute.width;
    } else {
      columns.push({ ...column, left });
      left += attribute.width;
    }
  }
  const looseWidth = left, count = sheet.qualities.length;
  const taken = behind.reduce((sum, attribute) => sum + attribute.width, frozenWidth + left);
  const fitting = count ? Math.floor(((room - MARGIN_PX - taken) / count) * 10) / 10 : 0;
  const most = sheet.qualities.some((quality) => quality.beneath) ? size.cell_max_paired : size.cell_max;
  const width = Math.min(most, Math.max(size.cell_min, fitting));
  sheet.qualities.forEach((quality, i) => {
    const first = i === 0 || sheet.qualities[i - 1].group !== quality.group;
    columns.push({ quality, name: quality.name, kind: quality.kind, width, index: index++, left, first });
    left += width;
  });
  for (const attribute of behind) {
    columns.push({ attribute, name: attribute.name, kind: attribute.kind, width: attribute.width, index: index++, left });
    left += attribute.width;
  }
  return { frozen, columns, frozenWidth, looseWidth, action, bar: width - 2, total: frozenWidth + left, count: index - 1 };
}

function headOf(sheet, layout) {
  const head = element("div", "head");
  head.style.width = `${layout.total}px`;
  head.setAttribute("role", "rowgroup");
  head.append(groupsOf(sheet, layout), namesOf(sheet, layout));
  return head;
}

function groupsOf(sheet, layout) {
  const groups = element("div", "groups");
  groups.setAttribute("aria-hidden", "true");
  const corner = element("div", "fz");
  corner.style.width = `${layout.frozenWidth}px`;
  groups.append(corner);
  const columns = layout.columns.filter((column) => column.quality);
  for (let from = 0; from < columns.length;) {
    let to = from;
    while (to + 1 < columns.length && !columns[to + 1].first) to += 1;
    if (to > from) {
      const group = element("div", "group", columns[from].quality.group);
      group.style.left = `${layout.frozenWidth + columns[from].left + 4}px`;
      group.style.width = `${columns[to].left + columns[to].width - columns[from].left - 7}px`;
      groups.append(group);
    }
    from = to + 1;
  }
  return groups;
}

function namesOf(sheet, layout) {
  const names = element("div", "names");
  names.setAttribute("role", "row");
  names.setAttribute("aria-rowindex", 1);
  const frozen = element("div", "fz");
  frozen.style.width = `${layout.frozenWidth}px`;
  const all = tickOf("all rows shown");
  all.setAttribute("role", "columnheader");
  frozen.append(all, ...layout.frozen.map((column) => nameOf(column)));
  names.append(frozen);
  for (const column of layout.columns) {
    const name = nameOf(column);
    name.style.left = `${layout.frozenWidth + column.left}px`;
    names.append(name);
  }
  return names;
}

function nameOf(column) {
  const { attribute, quality } = column;
  const name = element("div", quality ? "name q" : `name a ${attribute.kind}`);
  name.setAttribute("role", "columnheader");
  name.setAttribute("aria-colindex", column.index);
  name.dataset.column = column.name;
  name.style.width = `${column.width}px`;
  name.title = quality ? `${quality.name}, sort` : `${attribute.label}, sort`;
  name.append(element("span", "text", quality ? quality.label : attribute.label));
  if (attribute?.unit) name.append(element("span", "unit", attribute.unit));
  name.append(element("s", "arrow"));
  return name;
}

function showSort(head, sort) {
  for (const name of head.querySelectorAll(".name")) {
    const on = sort !== null && name.dataset.column === sort[0];
    name.classList.toggle("sorted", on);
    name.querySelector(".arrow").textContent = on ? (sort[1] ? "↓" : "↑") : "";
    name.setAttribute("aria-sort", on ? (sort[1] ? "descending" : "ascending") : "none");
  }
}

// A second click turns the order round; the first shows what one looks for: the latest, the most, the worst.
function sortAfter(sort, column) {
  if (sort !== null && sort[0] === column.name) return [column.name, !sort[1]];
  return [column.name, FIRST_DESCENDING.has(column.kind)];
}
