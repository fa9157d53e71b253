// What each key does in the grid: arrows move, Space ticks, Enter opens the run, Shift+Enter the cell.

function keyAct(hand, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { grid } = hand, page = Math.max(1, grid.rowsInView() - 2);
  switch (event.key) {
    case "ArrowDown": hand.step(1); break;
    case "ArrowUp": hand.step(-1); break;
    case "PageDown": hand.step(page); break;
    case "PageUp": hand.step(-page); break;
    case "Home": hand.step(-Infinity); break;
    case "End": hand.step(Infinity); break;
    case "ArrowRight": hand.stepColumn(1); break;
    case "ArrowLeft": hand.stepColumn(-1); break;
    case " ": hand.tick(grid.selected, event.shiftKey); break;
    case "Enter": if (event.shiftKey) hand.openCell(grid.selected, grid.column); else hand.open(grid.selected); break;
    case "Escape": hand.leaveCell(); break;
    default: return false;
  }
  return true;
}
