"""The original's classifiers, recipes and accepted datasets as they were in force at its end.

The original kept lists of rows, and settings that name one list of each kind; what held before is not carried over.
Where it had rules of a kind, those that a fresh registry starts with are taken away: both would judge.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import dict_row
from pydantic import ValidationError
from sqlalchemy import Engine, text

from backend.certify.accepted import AcceptedDatasetBody
from backend.classify.original import KINDS, from_original
from backend.configuration import Body
from backend.db import transaction
from backend.errors import InvalidInput
from backend.legacy.report import Report
from backend.legacy.source import tables_of
from backend.record import Act, ConfigurationSaid, record
from backend.start import make_ready
from models.vocabulary import ActKind, ConfigurationKind

BY = "import"
"""The author of what the original does not say who did."""

_LISTS = {
    "class": ("ClassClassifier", "CCL_id"),
    "dataset": ("DatasetClassifier", "DCL_id"),
    "component": ("ComponentClassifier", "CPCL_id"),
    "offline_dataset": ("OfflineDatasetClassifier", "ODCL_id"),
    "json_classifier": ("JsonClassifier", "JCL_id"),
    "datasets_accepted": ("DatasetsAccepted", "DAL_id"),
    "permission": ("Permission", "PL_id"),
}
"""Kind → its table, and the column by which settings and entries name the list in force."""

_IN_FORCE = """
    SELECT r.* FROM {rows} r JOIN {entries} e USING (id)
    WHERE e.{list} = (SELECT {list} FROM "Settings" ORDER BY id DESC LIMIT 1) ORDER BY r.id
"""
_COMPONENTS = """
    SELECT r.*, w.online_or_offline, w.workspace, c.name AS "column" FROM ({in_force}) r
    LEFT JOIN "WorkspaceColumn" c ON c.id = r.component LEFT JOIN "Workspace" w ON w.id = c.id_workspace ORDER BY r.id
"""
_USED_THOUGH_DISABLED = "rules of classes and significance that were disabled but used there: they are disabled here"
_NO_RULE = "classifiers and accepted datasets that cannot be judged by here: left out"
_RIGHTS = "e-groups with addresses that they may write to: left out, rights are given by action here (docs/rights.md)"
_OTHER = text("""
    SELECT kind, name FROM configuration WHERE kind = ANY(:kinds) AND (kind, name) NOT IN (
        SELECT * FROM unnest(CAST(:brought_kinds AS text[]), CAST(:names AS text[])))
""")


def bring_configuration(on: Engine, original: Connection[Any], report: Report) -> None:
    """Say the original's configuration in one act; then what a fresh registry starts with, less what contradicts it.

    Of an original without settings nothing is said.
    """
    if "Settings" not in (there := tables_of(original)):
        return
    pieces = list(_pieces(original, report, there))
    kinds = sorted({piece.kind for piece in pieces})
    _say(on, pieces, "classifiers and accepted datasets of the original, as they were in force")
    make_ready(on)
    with on.connect() as connection:
        asked = {
            "kinds": kinds,
            "brought_kinds": [piece.kind for piece in pieces],
            "names": [piece.name for piece in pieces],
        }
        other = [ConfigurationSaid(kind, name, None) for kind, name in connection.execute(_OTHER, asked)]
    _say(on, other, f"in place of these stand the original's: {', '.join(kinds)}")
    report.brought["classifiers, recipes and accepted datasets"] = len(pieces)


def _say(on: Engine, pieces: list[ConfigurationSaid], why: str) -> None:
    if pieces:
        with transaction(on) as session:
            record(session, Act(BY, why, ActKind.CONFIGURE, configurations=tuple(pieces)))


def _pieces(original: Connection[Any], report: Report, there: frozenset[str]) -> Iterator[ConfigurationSaid]:
    for word, (table, _) in _LISTS.items():
        if table not in there:
            continue
        taken: dict[str, int] = {}
        for row in _rows_in_force(original, word):
            if word == "permission":
                report.misses(_RIGHTS, 1, [f"{row['egroup']}: {row['routes']}"[:200]])
                continue
            try:
                name, body = _read(word, row)
            except InvalidInput as error:
                report.misses(_NO_RULE, 1, [f"{table} {row['id']}: {error}"])
                continue
            taken[name] = taken.get(name, 0) + 1
            numbered = name if taken[name] == 1 else f"{name}{_SEPARATOR.get(word, '/')}{taken[name]}"
            is_enabled = row.get("enabled") is not False
            if word in ("class", "dataset") and not is_enabled:
                report.misses(_USED_THOUGH_DISABLED, 1, [f"{table} {row['id']}: {numbered}"])
            yield ConfigurationSaid(body.kind.value, numbered, body.model_dump(mode="json"), is_enabled)


_SEPARATOR = {"datasets_accepted": " "}


def _rows_in_force(original: Connection[Any], word: str) -> list[dict[str, Any]]:
    table, column = _LISTS[word]
    question = sql.SQL(_IN_FORCE).format(
        rows=sql.Identifier(table), entries=sql.Identifier(f"{table}Entries"), list=sql.Identifier(column)
    )
    if word == "component":
        question = sql.SQL(_COMPONENTS).format(in_force=question)
    return original.cursor(row_factory=dict_row).execute(question).fetchall()


def _read(word: str, row: Mapping[str, Any]) -> tuple[str, Body]:
    if word != "datasets_accepted":
        name, classifier = from_original(ConfigurationKind(KINDS[word]), row)
        classifier.check_name(name)
        return name, classifier
    said = {name: row[name] for name in ("name", "run_to")}
    said |= {"patterns": row["regexp"], "run_class": row["class"], "run_from": row["run_from"] or 1}
    try:
        return row["name"], AcceptedDatasetBody.model_validate(said)
    except ValidationError as error:
        raise InvalidInput(f"{row['name']}: {error.errors()[0]['msg']}") from error
