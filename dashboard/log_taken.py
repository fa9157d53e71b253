"""The Log taken away: every act that the filter lets through as CSV, and the Python that reads the same."""

from collections.abc import Iterator

from backend.queries.log import LogFilter, log_page
from dashboard.data import reading
from dashboard.taking_away import Program, Table, registry_program, take_away

MOST_ACTS = 20_000
"""As many acts as one file holds, the latest."""

_AT_ONCE = 1_000
_COLUMNS = ("change_set", "at", "by", "kind", "why", "undoes", "undone_by", "runs", "datasets", "words", "said")


def log_taken(asked: LogFilter, *, before: int | None, limit: int) -> None:
    """The ways to take the acts away: the file holds them all, the program reads the page that one sees."""
    table = Table("Acts", "log.csv", lambda: (_COLUMNS, acts(asked)))
    take_away("log", [table], [program(asked, before=before, limit=limit)])


def acts(asked: LogFilter) -> Iterator[tuple[object, ...]]:
    """The acts that the filter lets through, latest first, as the columns of the file."""
    before: int | None = None
    with reading() as session:
        for _ in range(MOST_ACTS // _AT_ONCE):
            page = log_page(session, filter=asked, before=before, limit=_AT_ONCE)
            for act in page.entries:
                told, undone = act.told, tuple(one.change_set for one in act.undone_by)
                of_what = (told.runs, told.datasets, told.words, "\n".join(told.lines))
                yield (act.change_set, act.at, act.by, act.kind.value, act.why, act.undoes, undone, *of_what)
            if page.before is None:
                return
            before = page.before


def program(asked: LogFilter, *, before: int | None, limit: int) -> Program:
    """The program that reads the acts of the page."""
    said = [
        *(_said(name, getattr(asked, name)) for name in ("by", "dataset", "run_number", "text", "workspace")),
        f"kinds=frozenset({{{', '.join(f'ActKind.{k.name}' for k in sorted(asked.kinds))}}})" if asked.kinds else "",
        *(
            f"{name}=datetime({at:%Y, %-m, %-d}, tzinfo=UTC)" if (at := getattr(asked, name)) else ""
            for name in ("since", "until")
        ),
    ]
    wanted = f"LogFilter({', '.join(filter(None, said))})"
    page = f"log_page(session, filter={wanted}, before={before}, limit={limit})"
    imports = ["from backend.queries.log import LogFilter, log_page"]
    imports += ["from models.vocabulary import ActKind"] if asked.kinds else []
    imports += ["from datetime import UTC, datetime"] if asked.since or asked.until else []
    return registry_program("The acts that you see, latest first.", "acts", f"{page}.entries", *imports)


def _said(name: str, value: object) -> str:
    return "" if value is None else f"{name}={value!r}"
