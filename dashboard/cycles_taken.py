"""Cycles taken away: how far everybody is, and the datasets of one, as CSV and as the Python that reads the same."""

from collections.abc import Iterable, Iterator, Sequence

from backend.configuration import GLOBAL, Side
from backend.queries import Sort
from backend.queries.cycles import CycleFacts
from dashboard.cycles_data import datasets_in
from dashboard.data import components_of
from dashboard.offline.downloads import MOST_ROWS, datasets_table
from dashboard.taking_away import Program, Rows, Table, client_program, registry_program, take_away

_COLUMNS = (
    *("cycle", "name", "description", "deadline", "workspace", "state"),
    *("waiting", "open", "signoff", "completed"),
)


def cycles_taken(found: Sequence[CycleFacts], chosen: CycleFacts | None, workspace: str) -> None:
    """The ways to take the cycles of the workspace away, and the datasets of the chosen one."""
    tables = [Table("Cycles", "cycles.csv", lambda: (_COLUMNS, progress_rows(found)))]
    programs = [_cycles(workspace)]
    if chosen is not None:
        file_name = f"cycle_{chosen.id}_datasets.csv"
        tables.append(Table("Datasets of the cycle", file_name, lambda: _datasets(chosen.id, workspace)))
        programs.append(datasets_program(chosen, workspace))
    take_away("cycles", tables, programs)


def progress_rows(found: Iterable[CycleFacts]) -> Iterator[tuple[object, ...]]:
    """One row per cycle and workspace."""
    for cycle in found:
        for of in cycle.progress.values():
            about = (cycle.id, cycle.name, cycle.description, cycle.deadline)
            yield (*about, of.workspace, of.state.value, of.waiting, of.open, of.signoff, of.completed)


def datasets_program(cycle: CycleFacts, workspace: str) -> Program:
    """The program that reads the datasets of a cycle; clients know of no cycle."""
    asked = f'Condition("cycle", Operator.IS, {cycle.id})'
    how = f'which="all", with_hidden=True, limit={MOST_ROWS}'
    call = f"datasets_page(\n        session, workspace={workspace!r}, filter={asked}, {how}\n    ).rows"
    imports = "from backend.queries import Condition, Operator, datasets_page"
    return registry_program(f"The datasets of {cycle.name}.", "datasets", call, imports)


def _datasets(cycle: int, workspace: str) -> tuple[Sequence[str], Rows]:
    rows = datasets_in(cycle, workspace, sort=(Sort("run_number", True),), page=1, size=MOST_ROWS).rows
    return datasets_table(rows, components_of(Side.OFFLINE, workspace))


def _cycles(workspace: str) -> Program:
    if workspace == GLOBAL:
        return client_program("Every cycle.", "cycles", "get_cycles()")
    imports = "from backend.queries.cycles import cycles"
    return registry_program(f"The cycles of {workspace}.", "found", f"cycles(session, {workspace!r})", imports)
