"""What was said of runs, kept by the process for whoever asks again: read anew only of runs that somebody touched."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.classify.spoken import Spoken, spoken_of
from backend.record.columns import KnownColumn
from models.vocabulary import ONLINE

MOST_RUNS = 1_000
"""So many runs are kept; about 30 kB each."""

_TOUCHED = text("""
    SELECT r.run_number, greatest(r.last_change, d.last_change)
    FROM run r JOIN dataset d ON d.run_number = r.run_number AND d.name = :online
    WHERE r.run_number = ANY(:runs)
""")


class _Shelf:
    """The runs of one database, those asked for last at the end."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._runs: OrderedDict[int, tuple[int, bool, Spoken]] = OrderedDict()

    def find(self, run_number: int, touched: int, with_luminosity: bool) -> Spoken | None:
        with self._lock:
            found = self._runs.get(run_number)
            if found is None or found[0] != touched or with_luminosity > found[1]:
                return None
            self._runs.move_to_end(run_number)
            return found[2]

    def put(self, spoken: Spoken, touched: int, with_luminosity: bool) -> None:
        with self._lock:
            self._runs[spoken.run_number] = touched, with_luminosity, spoken
            self._runs.move_to_end(spoken.run_number)
            while len(self._runs) > MOST_RUNS:
                self._runs.popitem(last=False)


_shelves: WeakKeyDictionary[Engine, _Shelf] = WeakKeyDictionary()


def kept_spoken(
    session: Session, run_numbers: Sequence[int], *, columns: Iterable[KnownColumn], with_luminosity: bool
) -> list[Spoken]:
    """As :func:`~backend.classify.spoken.spoken_of`, from memory where nobody touched the run since."""
    shelf = _shelves.setdefault(session.get_bind().engine, _Shelf())
    touched = {run: act for run, act in session.execute(_TOUCHED, {"runs": list(run_numbers), "online": ONLINE})}
    found = {
        run: spoken for run, act in touched.items() if (spoken := shelf.find(run, act, with_luminosity)) is not None
    }
    for spoken in spoken_of(session, touched.keys() - found.keys(), columns=columns, with_luminosity=with_luminosity):
        found[spoken.run_number] = spoken
        shelf.put(spoken, touched[spoken.run_number], with_luminosity)
    return [found[run] for run in sorted(found)]
