// The small component: hands selection, ticks, sort, footer and notes to the grid, and asks for the notes of a cell.

export default function ({ data, setTriggerValue }) {
  const link = linkOf(data.key);
  link.moment = data;
  link.ask = data.asks ? (row, column) => setTriggerValue("asked", { row, column }) : null;
  link.grid?.follow(data);
}
