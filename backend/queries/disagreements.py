"""Where verdicts differ: Express and Prompt of one run, and workspaces and ``global`` about one dataset."""

from collections.abc import Iterator, Sequence

import polars as pl
from sqlalchemy import text
from sqlmodel import Session

from backend.projections.datasets import known_of
from backend.queries.columns import columns_catalogue
from backend.queries.express import EXPRESS
from backend.queries.flags import FlagInForce, flags_in_force
from models.lumis import EMPTY, LumiSet
from models.vocabulary import ColumnKind, DatasetState, Status

PROMPT = "/Prompt"
"""How the names of Prompt datasets begin."""

_PAIRS = text("""
    SELECT p.run_number, p.id, p.name, p.known, e.id AS express, e.known AS express_known, r.known AS run_known
    FROM dataset p JOIN run r ON r.run_number = p.run_number
    JOIN dataset e ON e.run_number = p.run_number AND starts_with(e.name, :express) AND NOT e.is_hidden
    WHERE p.run_number = ANY(:runs) AND starts_with(p.name, :prompt) AND NOT p.is_hidden
    ORDER BY p.run_number, p.name, e.name
""")
_STATES = text("""
    SELECT d.id, d.run_number, d.name, d.states ->> 'global' AS of_global, s.workspace, s.state
    FROM dataset d, jsonb_each_text(d.states) AS s(workspace, state)
    WHERE d.run_number = ANY(:runs) AND NOT d.is_hidden AND d.states ? 'global' AND s.workspace <> 'global'
      AND s.state <> :aside AND d.states ->> 'global' <> :aside
      AND (s.state = :completed) <> (d.states ->> 'global' = :completed)
    ORDER BY d.run_number, d.name, s.workspace
""")
_FLAGS: dict[str, pl.DataType] = {
    "run_number": pl.Int64(),
    "dataset": pl.String(),
    "component": pl.String(),
    "express": pl.String(),
    "prompt": pl.String(),
    "lumisections": pl.Int64(),
    "ranges": pl.String(),
    "comments": pl.String(),
}
_OF_STATES: dict[str, pl.DataType] = {
    "run_number": pl.Int64(),
    "dataset": pl.String(),
    "of_global": pl.String(),
    "workspace": pl.String(),
    "state": pl.String(),
    "comments": pl.String(),
}
_NO_VERDICT = frozenset({Status.NOTSET, Status.NO_VALUE_FOUND})


def express_against_prompt(session: Session, runs: Sequence[int]) -> pl.DataFrame:
    """Where Express and Prompt have both a verdict, and not the same.

    Returns
    -------
    pl.DataFrame
        ``run_number i64 · dataset str`` (the Prompt one) ``· component str · express str · prompt str · lumisections
        i64 · ranges str · comments str`` (causes and comments of what differs, by whom), by run, most lumisections
        first.
    """
    pairs = session.execute(_PAIRS, {"runs": list(runs), "express": EXPRESS, "prompt": PROMPT}).all()
    columns = {column.id: str(column) for column in columns_catalogue(session).of_kind(ColumnKind.FLAG)}
    flags = flags_in_force(session, {id_ for pair in pairs for id_ in (pair.id, pair.express)}, list(columns))
    rows = [
        (pair.run_number, pair.name, name, *difference)
        for pair in pairs
        for column, name in columns.items()
        for difference in _differences(
            flags.get((pair.express, column), ()),
            flags.get((pair.id, column), ()),
            known_of(pair.known, pair.run_known) & known_of(pair.express_known, pair.run_known),
        )
    ]
    found = pl.DataFrame(rows, schema=_FLAGS, orient="row")
    return found.sort("run_number", "lumisections", descending=[False, True], maintain_order=True)


def states_against_global(session: Session, runs: Sequence[int]) -> pl.DataFrame:
    """Datasets that a workspace has completed and global has not, or the other way round.

    Returns
    -------
    pl.DataFrame
        ``run_number i64 · dataset str · of_global str · workspace str · state str · comments str``, by run, dataset
        and workspace. ``comments`` are the causes and comments of what the workspace calls other than GOOD.
    """
    asked = {"aside": DatasetState.NOT_SIGNIFICANT.value, "completed": DatasetState.COMPLETED.value}
    found = session.execute(_STATES, asked | {"runs": list(runs)}).all()
    comments = _comments(session, {row.id for row in found}, {row.workspace for row in found})
    rows = [(*row[1:], comments.get((row.id, row.workspace), "")) for row in found]
    return pl.DataFrame(rows, schema=_OF_STATES, orient="row")


def _comments(session: Session, datasets: set[int], workspaces: set[str]) -> dict[tuple[int, str], str]:
    """(Dataset, workspace) → ``strip 4–6 BAD: trip of TEC+; pixel …``."""
    flags = columns_catalogue(session).of_kind(ColumnKind.FLAG)
    columns = {column.id: column for column in flags if column.workspace in workspaces}
    said: dict[tuple[int, str], list[str]] = {}
    for (dataset, column), held in flags_in_force(session, datasets, list(columns)).items():
        alike: dict[tuple[Status, str], LumiSet] = {}
        for flag in held:
            if flag.status is not Status.GOOD and (words := _words(flag)):
                alike[flag.status, words] = alike.get((flag.status, words), EMPTY) | LumiSet((flag.range,))
        told = [f"{columns[column].name} {where} {status.word}: {words}" for (status, words), where in alike.items()]
        said.setdefault((dataset, columns[column].workspace), []).extend(told)
    return {key: "; ".join(told) for key, told in said.items()}


def _words(flag: FlagInForce) -> str:
    return ": ".join(filter(None, (flag.cause, flag.comment)))


def _differences(
    express: Sequence[FlagInForce], prompt: Sequence[FlagInForce], known: LumiSet
) -> Iterator[tuple[str, str, int, str, str]]:
    """(what Express says, what Prompt says, how many lumisections, which, why) of each pair of verdicts that differ."""
    ours, theirs = _verdicts(express), _verdicts(prompt)
    for one, where in ours.items():
        for other, there in theirs.items():
            if one is not other and (both := where & there & known):
                why = (("Express", _said_of(express, both)), ("Prompt", _said_of(prompt, both)))
                told = "; ".join(f"{who}: {words}" for who, words in why if words)
                yield one.word, other.word, len(both), str(both), told


def _said_of(flags: Sequence[FlagInForce], where: LumiSet) -> str:
    """Each cause and comment of these lumisections once."""
    return ", ".join(dict.fromkeys(words for f in flags if LumiSet((f.range,)) & where and (words := _words(f))))


def _verdicts(flags: Sequence[FlagInForce]) -> dict[Status, LumiSet]:
    found: dict[Status, LumiSet] = {}
    for flag in flags:
        if flag.status not in _NO_VERDICT:
            found[flag.status] = found.get(flag.status, EMPTY) | LumiSet((flag.range,))
    return found
