"""Arranges golden JSONs that are kept: a registry with two runs to make them of, and people who make them."""

from sqlalchemy import Engine
from sqlmodel import Session

from backend.access import Actor, demo_actor
from backend.db import transaction
from backend.record import Act, DatasetKey, LuminositySaid, RunSaid, record
from backend.rules import Json
from backend.start import make_ready
from models.vocabulary import ActKind, LuminositySource, Origin, Status
from tests.factories import a_flag, flag
from tests.golden import EXPRESS, LAST, PROMPT, RUNS, lay_out

DC = demo_actor("dc-expert")
ALICE = Actor("A. Rossi", frozenset(), is_verified=True)
BOB = Actor("B. Klein", frozenset(), is_verified=True)
STRIP_GOOD: Json = {"and": [{"==": [{"var": "lumisection.rr.tracker-strip"}, "GOOD"]}]}
PER_PB = 0.25


def a_registry(on: Engine) -> dict[str, int]:
    """Two runs of 2018 with tracker-strip GOOD in Prompt; the luminosity of the last two lumisections is not known.

    The first has an Express dataset too, where tracker-strip is BAD.
    """
    make_ready(on)
    with transaction(on) as session:
        columns = lay_out(session)
        flag(session, a_flag(DatasetKey(RUNS[0], EXPRESS), columns["tracker-strip"], Status.BAD, of=(1, LAST)))
        for run in RUNS:
            prompt = DatasetKey(run, PROMPT)
            flag(session, a_flag(prompt, columns["tracker-strip"], Status.GOOD, of=(1, LAST), origin=Origin.RULE))
            lumi = [PER_PB] * (LAST - 2)
            record(
                session,
                Act(
                    by="ingest",
                    why="OMS",
                    kind=ActKind.INGEST,
                    runs=(RunSaid(run, {"oms.start_time": "2018-10-24T09:42:18Z"}, Origin.RULE),),
                    luminosities=(LuminositySaid(run, LuminositySource.OMS, 1, [2 * v for v in lumi], lumi),),
                ),
            )
    return columns


def strip_is_bad(session: Session, columns: dict[str, int], run: int, *, of: tuple[int, int]) -> int:
    """Somebody flags lumisections of the Prompt dataset BAD; gives the change set."""
    return flag(session, a_flag(DatasetKey(run, PROMPT), columns["tracker-strip"], Status.BAD, of=of)).change_set
