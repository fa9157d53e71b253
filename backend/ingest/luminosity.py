"""What a file of brilcalc changes: one act that says the luminosities which are new or other than those that stand.

What stands is asked, not what was last said: after an import was undone, the same file is said again. A lumisection
that the file does not name keeps what was said of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.db import transaction
from backend.ingest.brilcalc import Brilcalc, BrilcalcRun, Progress, read_brilcalc
from backend.ingest.stretches import Bools, luminosity_at, luminosity_words, unlike
from backend.record import Act, LuminositySaid, lock_luminosity, record
from models.vocabulary import ActKind, LuminositySource

SOURCE = LuminositySource.BRILCALC
_MOST_NAMED = 5

_STANDING = text("""
    SELECT run_number, delivered, recorded FROM luminosity WHERE source = :source AND run_number = ANY(:runs)
""")
_THERE = text("SELECT run_number FROM run WHERE run_number = ANY(:runs)")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought.

    ``change_set`` is none if all of it was known already. ``told`` are the runs of which something was new,
    ``unchanged`` the others; ``unregistered`` those of either that the registry does not know: what is said of them is
    kept.
    """

    file: Brilcalc
    change_set: int | None
    told: tuple[int, ...]
    unchanged: tuple[int, ...]
    unregistered: tuple[int, ...]

    def __str__(self) -> str:
        """The import in sentences, for the book of jobs and for people."""
        file = self.file
        said = [
            f"{_counted(file.lumisections, 'lumisection')} of {_counted(len(file.runs), 'run')}, "
            f"{file.recorded_per_pb / 1000:.9f} /fb recorded of {file.delivered_per_pb / 1000:.9f} /fb delivered",
            f"change set {self.change_set}" if self.change_set else "nothing new, nothing recorded",
        ]
        if self.told and self.unchanged:
            said.append(f"nothing new of {_counted(len(self.unchanged), 'run')}")
        if self.unregistered:
            named = ", ".join(map(str, self.unregistered[:_MOST_NAMED]))
            more = ", …" if len(self.unregistered) > _MOST_NAMED else ""
            said.append(f"not in the registry, but kept: {_counted(len(self.unregistered), 'run')} ({named}{more})")
        if not file.is_summed_up:
            said.append("the file has no summary, so whether it is whole cannot be told")
        return "; ".join(said) + "."


def import_brilcalc(
    engine: Engine,
    content: str | bytes,
    *,
    name: str,
    by: str,
    why: str = "",
    progress: Progress = lambda share, what: None,
) -> Imported:
    """Read a CSV of brilcalc and record what is new in it, in one act.

    Parameters
    ----------
    name
        What the file is called; the log names it.
    progress
        Told how far it is, from 0 to 1, and where. Whatever it raises leaves everything as it was.

    Raises
    ------
    InvalidInput
        As :func:`~backend.ingest.brilcalc.read_brilcalc`; nothing is then recorded.
    """
    file = read_brilcalc(content, progress=lambda share, what: progress(0.5 * share, f"{name}: {what}"))
    progress(0.5, f"{name}: {len(file.runs):,} runs are compared with what is known")
    with transaction(engine) as session:
        return record_luminosity(session, file, name=name, by=by, why=why, progress=progress)


def record_luminosity(
    session: Session,
    file: Brilcalc,
    *,
    name: str,
    by: str,
    why: str = "",
    progress: Progress = lambda share, what: None,
) -> Imported:
    """Record what is new in a file of brilcalc, in one act of the session's transaction; as :func:`import_brilcalc`."""
    lock_luminosity(session, [SOURCE])
    runs = [run.run_number for run in file.runs]
    words = tuple(_new_words(session, file))
    there = set(session.execute(_THERE, {"runs": runs}).scalars())
    told = dict.fromkeys(word.run_number for word in words)
    progress(0.6, f"{name}: {len(told):,} runs are recorded")
    recorded = record(session, _act(file, words, name=name, by=by, why=why)) if words else None
    return Imported(
        file,
        recorded.change_set if recorded else None,
        told=tuple(told),
        unchanged=tuple(run for run in runs if run not in told),
        unregistered=tuple(run for run in runs if run not in there),
    )


def _act(file: Brilcalc, words: tuple[LuminositySaid, ...], *, name: str, by: str, why: str) -> Act:
    about = ", ".join((file.tags or "no tags named", *file.paths))
    reason = f"brilcalc, {name} ({about})"
    return Act(
        by=by, why=f"{why.strip()}: {reason}" if why.strip() else reason, kind=ActKind.IMPORT_LUMINOSITY,
        luminosities=words,
    )  # fmt: skip


def _new_words(session: Session, file: Brilcalc) -> Iterator[LuminositySaid]:
    asked = {"source": SOURCE.value, "runs": [run.run_number for run in file.runs]}
    standing: dict[int, Sequence[Sequence[float | None]]]
    standing = {run: series for run, *series in session.execute(_STANDING, asked)}
    for run in file.runs:
        yield from luminosity_words(
            run.run_number,
            run.numbers,
            delivered=run.delivered.tolist(),
            recorded=run.recorded.tolist(),
            differs=_differs(run, standing.get(run.run_number, ([], []))),
            source=SOURCE,
        )


def _differs(run: BrilcalcRun, standing: Sequence[Sequence[float | None]]) -> Bools:
    differs = np.zeros(len(run.numbers), np.bool_)
    for now, before in zip((run.delivered, run.recorded), standing, strict=True):
        differs |= unlike(now, luminosity_at(run.numbers, before))
    return differs


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
