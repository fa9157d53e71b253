"""What the Offline page reads: a page of a desk's list, what Express says of the same runs, and the ticked datasets."""

from collections.abc import Collection, Iterable, Sequence

from backend.certify.ticked import CLOSED
from backend.queries import (
    EVERYTHING,
    Condition,
    DatasetRow,
    DatasetsPage,
    Filter,
    Operator,
    Sort,
    all_of,
    datasets_page,
)
from backend.queries.closing import closed_by
from backend.queries.express import EXPRESS, where_express_agrees
from backend.queries.high_voltage import lumisections_ready
from backend.record import DatasetKey
from dashboard.data import reading
from dashboard.offline.toolbar import ASIDE, EDITABLE, HIDDEN, WAITING, Desk
from models.vocabulary import DatasetState

MOST_TICKED = 20_000


def of_list(desk: Desk, asked: Filter) -> Filter:
    """The filter with what the list of the desk asks besides."""
    match desk.listed:
        case str() as listed if listed == ASIDE:
            state = Condition(f"state.{desk.workspace}", Operator.IS, DatasetState.NOT_SIGNIFICANT.value)
            return all_of((state, asked))
        case str() as listed if listed == HIDDEN:
            return all_of((Condition("is_hidden", Operator.IS, True), asked))
    return asked


def page_of_datasets(desk: Desk, asked: Filter, *, sort: Sequence[Sort], page: int, size: int) -> DatasetsPage:
    """One page of the list, counted from 1."""
    which = {EDITABLE: "editable", WAITING: "waiting"}.get(desk.listed, "all")
    with reading() as session:
        return datasets_page(
            session,
            workspace=desk.workspace,
            filter=of_list(desk, asked),
            sort=sort,
            offset=(page - 1) * size,
            limit=size,
            which=which,
        )


def waiting(workspace: str, *, most: int) -> DatasetsPage:
    """The latest of those that wait for the DQM GUI in the workspace, whatever is filtered."""
    with reading() as session:
        return datasets_page(session, workspace=workspace, filter=EVERYTHING, limit=most, which="waiting")


def express_of(workspace: str, rows: Iterable[DatasetRow]) -> dict[int, DatasetRow]:
    """Run → its Express dataset, of the runs that these datasets are of."""
    runs = tuple(sorted({row.run_number for row in rows}))
    if not runs:
        return {}
    asked = all_of((Condition("run_number", Operator.IN, runs), Condition("dataset", Operator.LIKE, f"{EXPRESS}%")))
    with reading() as session:
        found = datasets_page(session, workspace=workspace, filter=asked, limit=4 * len(runs), which="all").rows
    return {row.run_number: row for row in reversed(found)}


def beside_express(workspace: str, key: DatasetKey) -> list[str]:
    """The dataset as the Run page shows it: beneath Express of the same run, where there is another one."""
    asked = all_of(
        (
            Condition("run_number", Operator.IS, key.run_number),
            Condition("dataset", Operator.LIKE, f"{EXPRESS}%"),
            Condition("dataset", Operator.IS_NOT, key.name),
        )
    )
    with reading() as session:
        found = datasets_page(session, workspace=workspace, filter=asked, limit=1, which="all").rows
    return [*(row.name for row in found), key.name]


def agreeing(rows: Iterable[DatasetRow], columns: Collection[int]) -> frozenset[int]:
    """The datasets, of these, of which Express says the same in every lumisection of these columns."""
    with reading() as session:
        return frozenset(where_express_agrees(session, [row.id for row in rows], columns=columns))


def who_closed(rows: Iterable[DatasetRow], workspace: str) -> dict[int, str]:
    """Who signed off or completed those of the datasets that are closed in the workspace."""
    ids = [row.id for row in rows if row.states.get(workspace) in CLOSED]
    with reading() as session:
        return {id_: closed.by for id_, closed in closed_by(session, ids, workspace=workspace).items()}


def where_ready(rows: Iterable[DatasetRow], bits: Collection[str]) -> dict[int, int]:
    """In how many lumisections of each dataset all of these DCS bits say ready."""
    with reading() as session:
        return lumisections_ready(session, [row.id for row in rows], bits=bits)


def these(workspace: str, keys: Collection[DatasetKey]) -> tuple[DatasetRow, ...]:
    """The datasets with these names, whatever list they are on and whether they are hidden."""
    if not keys:
        return ()
    runs, names = tuple({key.run_number for key in keys}), tuple({key.name for key in keys})
    asked = all_of((Condition("run_number", Operator.IN, runs), Condition("dataset", Operator.IN, names)))
    with reading() as session:
        found = datasets_page(
            session, workspace=workspace, filter=asked, limit=MOST_TICKED, which="all", with_hidden=True
        ).rows
    wanted = frozenset(keys)
    return tuple(row for row in found if DatasetKey(row.run_number, row.name) in wanted)
