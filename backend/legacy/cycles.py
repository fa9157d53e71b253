"""The original's cycles under their own numbers: as they stood at its end, for it kept no history of them."""

from typing import Any

from psycopg import Connection
from sqlalchemy import Engine, text

from backend.db import transaction
from backend.legacy.configuration import BY
from backend.legacy.report import Report
from backend.legacy.source import tables_of
from backend.projections.cycles import DESKS, STATE
from backend.record import Act, CycleSaid, record
from models.vocabulary import ActKind, CycleState

_CYCLES = """
    SELECT id_cycle, cycle_name, cycle_attributes, deadline, coalesce(deleted, false) FROM "Cycle" ORDER BY id_cycle
"""
_MEMBERS = 'SELECT run_number, name FROM "CycleDataset" WHERE id_cycle = %s ORDER BY run_number, name'
_IDS = text("""
    SELECT w.run, w.name, d.id FROM unnest(CAST(:runs AS int[]), CAST(:names AS text[])) w (run, name)
    LEFT JOIN dataset_identity d ON d.run_number = w.run AND d.name = w.name
""")
_NEXT = text("SELECT setval('cycle_id_seq', (SELECT max(id) FROM cycle))")
_GONE = "datasets of cycles that the original does not have: left out of the cycle"
_STRANGE = "attributes of cycles that the registry does not have: left out"


def bring_cycles(on: Engine, original: Connection[Any], report: Report) -> None:
    """Make every cycle by an act of its own, the deleted ones too."""
    if not {"Cycle", "CycleDataset"} <= tables_of(original):
        return
    with transaction(on) as session:
        for number, name, attributes, deadline, is_deleted in original.execute(_CYCLES).fetchall():
            members = original.execute(_MEMBERS, [number]).fetchall()
            found = session.execute(_IDS, {"runs": [run for run, _ in members], "names": [n for _, n in members]}).all()
            gone = [f"{name}: {run} {dataset}" for run, dataset, id_ in found if id_ is None]
            report.misses(_GONE, len(gone), gone)
            states = _states(report, name, attributes or {})
            said = {
                "name": name,
                "deadline": None if deadline is None else deadline.isoformat(),
                "description": "",
                DESKS: sorted(states),
                **{f"{STATE}{desk}": state for desk, state in states.items()},
                **({"deleted": True} if is_deleted else {}),
            }
            ids = tuple(sorted(id_ for _, _, id_ in found if id_ is not None))
            why = f"cycle {name} of the original, as it stood at its end"
            act = Act(BY, why, ActKind.CYCLE, new_cycles=(number,), cycles=(CycleSaid(number, said, added=ids),))
            record(session, act)
            report.brought["cycles"] += 1
        if report.brought["cycles"]:
            session.execute(_NEXT)


def _states(report: Report, cycle: str, attributes: dict[str, Any]) -> dict[str, str]:
    states = {}
    for key, value in attributes.items():
        word = str(value).lower()
        if key.endswith("_state") and word in {state.value for state in CycleState}:
            states[key.removesuffix("_state")] = word
        else:
            report.misses(_STRANGE, 1, [f"{cycle}: {key} = {value!r:.60}"])
    return states
