"""The self-check as a job: a few runs at a time are folded anew from the log, until all were, and then again.

Few, because ingest waits for it.
"""

from collections.abc import Callable

from sqlalchemy import text

from backend.db import transaction
from backend.jobs.job import Ending, Report, Tick
from backend.rebuild import Difference, differences

_SHOWN = 5
_CHOSEN = text("""
    (SELECT run_number FROM run_identity WHERE run_number > :after ORDER BY run_number LIMIT :most)
    UNION (SELECT run_number FROM run ORDER BY last_change DESC LIMIT :most)
""")
_NEXT = text("""
    SELECT max(run_number), count(*) FROM
        (SELECT run_number FROM run_identity WHERE run_number > :after ORDER BY run_number LIMIT :most) t
""")


def checking_itself(*, runs: int) -> Callable[[Tick], Report]:
    """The job that checks so many runs by number, going on where it last ended, and as many that changed lately."""

    def check_itself(tick: Tick) -> Report:
        after = int(tick.kept.get("after", 0))
        with transaction(tick.engine) as session:
            chosen = sorted(session.scalars(_CHOSEN, {"after": after, "most": runs}))
            last, counted = session.execute(_NEXT, {"after": after, "most": runs}).one()
        kept = {"after": last if counted == runs else 0}
        wrong: list[Difference] = []
        for run in chosen:
            wrong += differences(tick.engine, [run])
            if tick.is_stopping():
                return Report("It had to stop; the next one begins where this one did.", tick.kept, Ending.STOPPED)
        if not wrong:
            return Report(
                f"{len(chosen)} runs were folded anew from the log, and all that stands is what it says.", kept
            )
        shown = "; ".join(map(str, wrong[:_SHOWN])) + (" …" if len(wrong) > _SHOWN else "")
        are = "1 row is" if len(wrong) == 1 else f"{len(wrong)} rows are"
        return Report(f"{are} not what the log says: {shown}. Run ./scripts/rebuild.", kept, Ending.FAILED)

    return check_itself
