"""Is a run ready to be signed off? Every certifiable component needs a verdict in every lumisection that there is."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from backend.certify.standing import StandingRun
from backend.configuration import Side, workspaces
from backend.errors import WrongState
from backend.record import columns_by_name
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, Status

_VERDICTS = text("""
    SELECT u.column_id, u.first, u.last
    FROM dataset d JOIN segments s ON s.dataset_id = d.id,
         unnest(s.columns, s.firsts, s.lasts, s."values") AS u (column_id, first, last, value)
    WHERE d.run_number = :run AND d.name = :online AND u.column_id = ANY(:columns) AND u.value <> :no_value_found
""")


@dataclass(frozen=True, slots=True)
class Gap:
    """Components that lack a verdict in the same lumisections: nothing is said there, or NO VALUE FOUND."""

    components: tuple[str, ...]
    where: LumiSet

    def __str__(self) -> str:
        have = "has" if len(self.components) == 1 else "have"
        return f"{', '.join(self.components)} {have} no verdict in {self.where}"


def certifiable_components(session: Session) -> tuple[str, ...]:
    """The components that need a verdict online, in the order of the workspaces: ``tracker-strip``."""
    return tuple(
        f"{workspace.workspace}-{column.name}"
        for workspace in workspaces(session, Side.ONLINE)
        for column in workspace.columns
        if column.certifiable
    )


def gaps_of(session: Session, run: StandingRun) -> tuple[Gap, ...]:
    """Where certifiable components of the run lack a verdict; none, if it is complete."""
    numbers = columns_by_name(session)
    components = {numbers[name].id: name for name in certifiable_components(session)}
    asked = {"run": run.run_number, "online": ONLINE, "columns": list(components)}
    said: dict[int, list[LumiRange]] = {}
    for column, first, last in session.execute(_VERDICTS, asked | {"no_value_found": int(Status.NO_VALUE_FOUND)}):
        said.setdefault(column, []).append(LumiRange(first, last))
    lacking = ((name, run.known - LumiSet.of(said.get(column, ()))) for column, name in components.items())
    return tuple(_gathered((name, where) for name, where in lacking if where))


def refuse_incomplete(session: Session, run: StandingRun) -> None:
    """See that the run can be signed off.

    Raises
    ------
    WrongState
        If it has no lumisections or no class, or if a component lacks a verdict; named with the lumisections.
    """
    if not run.known:
        raise WrongState(f"Run {run.run_number} has no lumisections, so it cannot be signed off.")
    if not run.run_class:
        raise WrongState(f"Run {run.run_number} has no class, so it cannot be signed off.")
    if gaps := gaps_of(session, run):
        raise WrongState(f"Run {run.run_number} cannot be signed off: {'; '.join(map(str, gaps))}.")


def _gathered(lacking: Iterable[tuple[str, LumiSet]]) -> list[Gap]:
    by_where: dict[LumiSet, list[str]] = {}
    for name, where in lacking:
        by_where.setdefault(where, []).append(name)
    return [Gap(tuple(names), where) for where, names in by_where.items()]
