"""Who made each piece of configuration, who wrote the version that is in force, and the numbers that both go by."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from sqlalchemy import text
from sqlmodel import Session

from backend.configuration.bodies import B
from backend.configuration.reading import Piece, pieces
from backend.errors import Conflict, NotFound
from models.vocabulary import ConfigurationKind

_WAS = text("""
    SELECT c.name, made."by", made.at FROM configuration_change c
    JOIN configuration_change later ON later.kind = c.kind AND later.name = c.name AND later.version = c.version + 1
    JOIN change_set made ON made.id = later.change_set WHERE c.kind = :kind AND c.id = :number
""")
_AUTHORS = text("""
    SELECT n.name, of_first.id AS piece, wrote.id, made."by" AS made_by, made.at AS made_at,
           changed."by" AS changed_by, changed.at AS changed_at
    FROM configuration n
    JOIN configuration_change wrote USING (kind, name, version)
    JOIN change_set changed ON changed.id = wrote.change_set
    CROSS JOIN LATERAL (SELECT f.id, f.change_set FROM configuration_change f
                        WHERE f.kind = n.kind AND f.name = n.name ORDER BY f.version LIMIT 1) of_first
    JOIN change_set made ON made.id = of_first.change_set
    WHERE n.kind = :kind ORDER BY wrote.id
""")

_SINCE = text("""
    WITH RECURSIVE act AS (
        SELECT c.id, c."by" FROM configuration_change w JOIN change_set c ON c.id = w.change_set
        WHERE w.kind = :kind AND w.name = :name
        UNION SELECT u.id, u."by" FROM act JOIN change_set u ON u.undoes = act.id)
    SELECT "by" FROM act WHERE id > :seen ORDER BY id DESC
""")


@dataclass(frozen=True, slots=True)
class Authored(Generic[B]):
    """A piece in force with its authors.

    ``number`` stays the same for as long as there is a piece of that name; ``version_number`` is another after every
    change, so that who changes what they looked at finds out whether somebody was faster.
    """

    number: int
    version_number: int
    piece: Piece[B]
    made_by: str
    made_at: datetime
    changed_by: str
    changed_at: datetime

    @property
    def is_changed(self) -> bool:
        """Whether it has been changed since it was made."""
        return self.version_number != self.number


def authored(session: Session, model: type[B]) -> tuple[Authored[B], ...]:
    """Every piece with such a body, those that are not enabled included, in the order in which they were written."""
    standing = pieces(session, model)
    rows = session.execute(_AUTHORS, {"kind": model.kind.value})
    return tuple(
        Authored(row.piece, row.id, standing[row.name], row.made_by, row.made_at, row.changed_by, row.changed_at)
        for row in rows
    )


def version_in_force(session: Session, model: type[B], number: int) -> Authored[B]:
    """The piece whose version in force goes by that number.

    Raises
    ------
    NotFound
        If there is none.
    Conflict
        If there was such a version, and somebody has changed the piece since.
    """
    if found := next((one for one in authored(session, model) if one.version_number == number), None):
        return found
    if was := session.execute(_WAS, {"kind": model.kind.value, "number": number}).one_or_none():
        raise Conflict(f"{was.by} changed the {model.kind.value} {was.name!r} at {was.at:%H:%M} UTC.")
    raise NotFound(f"There is no {model.kind.value} {number}.")


def changed_by(session: Session, kind: ConfigurationKind, *, name: str, since: int) -> tuple[str, ...]:
    """Who wrote a piece, took it away, or undid either after a change set: a name for each act, the latest first."""
    rows = session.execute(_SINCE, {"kind": kind.value, "name": name, "seen": since})
    return tuple(rows.scalars())
