"""Looks at a simulated CERN as a worker makes them, and what must hold after each."""

from sqlalchemy import Engine, text

from backend.db import transaction
from backend.ingest.looks import BEGINNING, Look, look_by_last_update
from backend.ingest.oms import Oms
from models.lumis import LumiSet
from models.vocabulary import DCS_BITS, Bit
from scripts.simulator.running import Simulator


class Worker:
    """Looks by ``last_update``, again and again, each from where the one before left off."""

    def __init__(self, engine: Engine, oms: Oms) -> None:
        self.engine, self.oms = engine, oms
        self.watermark, self.again = BEGINNING, list[int]()

    def look(self) -> Look:
        look = look_by_last_update(self.engine, self.oms, since=self.watermark, again=self.again)
        assert look.watermark is not None and look.watermark >= self.watermark
        self.watermark, self.again = look.watermark, look.again
        return look


def numbers(cern: Simulator) -> list[int]:
    return [run.run_number for run in cern.holdings.runs()]


def look_counts(look: Look) -> dict[str, int]:
    return {outcome.value: len(runs) for outcome, runs in look.runs.items()}


# What must hold after a look without faults.

_IN_SIGHT = text("SELECT column_name, first, last, value FROM segment JOIN dataset d ON d.id = dataset_id "
                 "WHERE d.run_number = :run AND workspace = 'oms'")  # fmt: skip
_WORD = text("SELECT id, word FROM column_text")
_RUN = text("SELECT known, oms FROM run WHERE run_number = :run")
_REPEATED = {
    "lumisections": text("""
        SELECT count(*) FROM (
            SELECT value, lag(value) OVER w AS before, lag(l.id) OVER w AS earlier
            FROM lumisection_change l JOIN change_set s ON s.id = change_set,
                 unnest(columns) AS c, generate_series(first::int, last::int) AS n
            WHERE kind IN ('ingest', 'proposal')
            WINDOW w AS (PARTITION BY dataset_id, c, n ORDER BY l.id)) AS said
        WHERE earlier IS NOT NULL AND value IS NOT DISTINCT FROM before
    """),
    "luminosity": text("""
        SELECT count(*) FROM (
            SELECT pair, lag(pair) OVER (PARTITION BY run_number, n ORDER BY id) AS before
            FROM (SELECT l.id, run_number, first + place AS n, ROW(d, r)::text AS pair
                  FROM luminosity_change l JOIN change_set s ON s.id = change_set,
                       unnest(delivered, recorded) WITH ORDINALITY AS u(d, r, place)
                  WHERE kind IN ('ingest', 'proposal')) AS word) AS said
        WHERE pair = before
    """),
    "attributes": text("""
        SELECT count(*) FROM (
            SELECT value, lag(value) OVER (PARTITION BY run_number, key ORDER BY r.id) AS before
            FROM run_change r JOIN change_set s ON s.id = change_set, jsonb_each(said)
            WHERE kind IN ('ingest', 'proposal')) AS said
        WHERE value = before
    """),
}


def seen_of(engine: Engine, run_number: int) -> tuple[LumiSet, dict[str, object], dict[tuple[str, int], object]]:
    """What the registry shows of a run: known lumisections, attributes, and every value by name and lumisection."""
    with transaction(engine) as session:
        known, attributes = session.execute(_RUN, {"run": run_number}).one()
        words = {id_: word for id_, word in session.execute(_WORD)}
        seen: dict[tuple[str, int], object] = {}
        for name, first, last, value in session.execute(_IN_SIGHT, {"run": run_number}):
            shown = (
                value if name == "prescale_index" else words[value] if name == "prescale_name" else Bit(value).boolean
            )
            seen |= dict.fromkeys(((name, n) for n in range(first, last + 1)), shown)
    return LumiSet.flat(known), attributes, seen


def check(engine: Engine, cern: Simulator) -> None:
    """The registry shows all runs as OMS holds them, and nothing in its log repeats what was said."""
    for run in cern.holdings.runs():
        known, attributes, seen = seen_of(engine, run.run_number)
        rows = {int(str(row["lumisection_number"])): row for row in run.rows()}
        assert known == LumiSet.numbers(rows), run.run_number
        for name in ("last_update", "end_time", "hlt_key", "components", "hlt_physics_counter"):
            assert attributes[name] == run.attributes[name], (run.run_number, name)
        for n, row in rows.items():
            for name in (*DCS_BITS, "physics_flag", "prescale_index", "prescale_name"):
                assert seen.get((name, n)) == row.get(name), (run.run_number, n, name)
    check_nothing_is_said_twice(engine)


def check_nothing_is_said_twice(engine: Engine) -> None:
    with transaction(engine) as session:
        for what, query in _REPEATED.items():
            assert session.execute(query).scalar_one() == 0, f"{what} said twice"
