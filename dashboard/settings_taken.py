"""The tables of Settings taken away: each tab as CSV, and as the Python that reads the same."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from backend.configuration import CausesBody, PermissionBody, WorkspaceBody
from backend.queries.work import tasks
from dashboard.data import reading
from dashboard.session import person
from dashboard.settings_data import accepted, health_now, standing, tokens_seen
from dashboard.taking_away import Program, Rows, Table, client_program, registry_program, take_away

MOST_TASKS = 5_000
"""As many tasks as one file holds, the latest."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A table of a tab: headings and rows, and the program that reads them."""

    label: str
    columns: tuple[str, ...]
    rows: Callable[[], Rows]
    program: Program


def settings_taken(tab: str) -> None:
    """The ways to take the tables of a tab away."""
    taken = TAKEN[tab]
    take_away("settings", [_table(one) for one in taken], [one.program for one in taken])


def _table(one: Taken) -> Table:
    return Table(one.label, f"{one.label.lower().replace(' ', '_')}.csv", lambda: (one.columns, one.rows()))


def _accepted() -> Iterator[Sequence[object]]:
    for name, piece in accepted()[0].items():
        body = piece.body
        yield name, body.run_class, body.run_from, body.run_to, "\n".join(body.patterns), piece.is_enabled


def _workspaces() -> Iterator[Sequence[object]]:
    """One row per column; a workspace without columns of its own has one row, too."""
    for piece in standing(WorkspaceBody)[0].values():
        body = piece.body
        about = (body.side.value, body.workspace, body.label, body.position, piece.is_enabled)
        for c in body.columns:
            yield *about, c.name, c.label, c.certifiable, c.in_global, c.is_inverted
        if not body.columns:
            yield *about, *(None,) * 5


def _causes() -> Iterator[Sequence[object]]:
    for name, piece in standing(CausesBody)[0].items():
        yield from ((name, cause.word, cause.meaning) for cause in piece.body.causes)


def _grants() -> Iterator[Sequence[object]]:
    for egroup, piece in standing(PermissionBody)[0].items():
        yield from ((egroup, grant) for grant in piece.body.grants)


def _tokens() -> Iterator[Sequence[object]]:
    for t in tokens_seen(person()):
        yield t.name, "\n".join(t.scope), t.made_at, t.expires_at, t.revoked_at, t.last_used_at


def _jobs() -> Iterator[Sequence[object]]:
    for tick in health_now().jobs:
        yield tick.job, tick.started_at, tick.ended_at, tick.outcome, tick.sentence, tick.succeeded_at


def _tasks() -> Iterator[Sequence[object]]:
    with reading() as session:
        for task in tasks(session, limit=MOST_TASKS):
            said = (task.state, task.progress, task.message, task.started_at, task.ended_at)
            yield task.id, task.kind, task.asked_by, task.asked_at, *said


def _pieces(gives: str, model: type) -> Program:
    imports = ("from backend.configuration import pieces", f"from {model.__module__} import {model.__name__}")
    return registry_program(gives, "found", f"pieces(session, {model.__name__})", *imports)


TAKEN: dict[str, tuple[Taken, ...]] = {
    "Accepted datasets": (
        Taken(
            "Accepted datasets",
            ("dataset", "class", "from_run", "to_run", "patterns", "is_enabled"),
            _accepted,
            client_program("The accepted datasets.", "accepted", "get_datasets_accepted()"),
        ),
    ),
    "Workspaces": (
        Taken(
            "Workspaces",
            (
                *("side", "workspace", "called", "place", "is_enabled"),
                *("column", "column_called", "certified", "in_global", "inverted"),
            ),
            _workspaces,
            _pieces("The workspaces by name, with their columns.", WorkspaceBody),
        ),
    ),
    "Causes": (
        Taken("Causes", ("workspace", "cause", "meaning"), _causes, _pieces("The causes by workspace.", CausesBody)),
    ),
    "Permissions": (
        Taken("Permissions", ("e_group", "right"), _grants, _pieces("The rights by e-group.", PermissionBody)),
    ),
    "Tokens": (
        Taken(
            "Tokens",
            ("token", "scope", "made_at", "expires_at", "revoked_at", "last_used_at"),
            _tokens,
            registry_program(
                "Everybody's tokens, without what they could be shown by.",
                "found",
                "session.exec(select(Token.owner, Token.name, Token.expires_at, Token.last_used_at)).all()",
                "from sqlmodel import select",
                "from models.personal_token import PersonalToken as Token",
            ),
        ),
    ),
    "Jobs and tasks": (
        Taken(
            "Tasks",
            ("task", "kind", "asked_by", "asked_at", "state", "progress", "where", "started_at", "ended_at"),
            _tasks,
            registry_program(
                "The tasks, latest first.",
                "found",
                f"tasks(session, limit={MOST_TASKS})",
                "from backend.queries.work import tasks",
            ),
        ),
        Taken(
            "Jobs",
            ("job", "started_at", "ended_at", "outcome", "said", "last_went_well"),
            _jobs,
            registry_program(
                "The last tick of every job.",
                "jobs",
                "health(session, settings()).jobs",
                "from backend.queries import health",
                "from backend.settings import settings",
            ),
        ),
    ),
}
"""Tab → its tables."""
