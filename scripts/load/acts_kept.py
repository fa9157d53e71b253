"""Whether the log holds what it promised: each acknowledged act once, none twice, and what stands is what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text

from backend.db import engine_for, transaction
from backend.rebuild import differences
from scripts.load.writing import Said

_WORDS = text("""
    SELECT comment, count(*) FROM lumisection_change
    WHERE comment = ANY(:words) GROUP BY comment
""")
_ORDER = text("""
    SELECT (SELECT count(*) FROM (SELECT at < lag(at) OVER (ORDER BY id) AS back FROM change_set) t WHERE back),
           (SELECT max(id) - count(*) FROM change_set) + (SELECT n FROM clock) - (SELECT max(id) FROM change_set)
""")
_RUNS = text("SELECT run_number FROM run ORDER BY run_number")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the log says of acts: how many were acknowledged, lost, doubled, and kept although no answer came."""

    acknowledged: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    kept_unanswered: int
    backwards: int
    """Acts whose time is before that of the act before them."""
    gaps: int
    """Numbers that the log leaves out."""
    different: tuple[str, ...]
    """Rows that stand otherwise than the log says."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is lost, doubled, out of order or different."""
        return not (self.lost or self.doubled or self.backwards or self.gaps or self.different)

    def __str__(self) -> str:
        if self.is_whole:
            return f"0 of {self.acknowledged:,}"
        shown = [f"lost {len(self.lost)}", f"doubled {len(self.doubled)}", f"backwards {self.backwards}"]
        return f"**{', '.join([*shown, f'gaps {self.gaps}', f'different {len(self.different)}'])}**"


def kept(url: str, said: Iterable[Said], *, runs: Iterable[int] | None = None) -> Kept:
    """Look into the log at a libpq URL; ``runs`` are those folded anew (none: all)."""
    acknowledged = [word for one in said for word in one.acknowledged]
    unanswered = [word for one in said for word in one.open]
    on = engine_for(url)
    try:
        with transaction(on) as session:
            counted = {word: n for word, n in session.execute(_WORDS, {"words": [*acknowledged, *unanswered]})}
            backwards, gaps = session.execute(_ORDER).one()
            chosen = list(session.scalars(_RUNS)) if runs is None else sorted(runs)
        return Kept(
            acknowledged=len(acknowledged),
            lost=tuple(word for word in acknowledged if word not in counted),
            doubled=tuple(word for word, n in counted.items() if n > 1),
            kept_unanswered=sum(word in counted for word in unanswered),
            backwards=backwards,
            gaps=gaps,
            different=tuple(map(str, differences(on, chosen))),
        )
    finally:
        on.dispose()
