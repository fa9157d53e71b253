"""Arranges a registry that holds what the tests of the client from PyPI expect of the original (field.md §3)."""

from datetime import UTC, date, datetime

from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.access import Actor, demo_actor
from backend.access.egroups import OFFLINE_TRACKER_SHIFTERS
from backend.certify.cycles import create_cycle
from backend.configuration import configure
from backend.db import transaction
from backend.identity.personal import make_token, remember_person
from backend.queries import dataset_row
from backend.record import Act, DatasetKey, DatasetSaid, LumisectionSaid, RunSaid, record
from backend.start import make_ready
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, Bit, ConfigurationKind, DatasetState, Origin, Status
from scripts.benchmarks.season import ingest_season
from scripts.simulator.running import Simulator
from tests.factories import a_run, bit_columns, columns

MORE_THAN_MAY_BE_ASKED_FOR = 20_001
"""The client refuses to fetch so many without a filter; none of these is of a class or in a range that it asks for."""

SIGNED_OFF = 362874
ASKING_AGAIN = ("run.refresh", "run.reset")
"""To have OMS asked again about a run: all that may be done with the token."""

_FLAGS = ("dt-dt", "csc-csc", "tracker-strip", "rpc-hv", "tracker-track_private", "l1t-l1tmu", "l1t-l1tcalo", "hlt-hlt")
_LAST = 40
_OTHERS = (
    text("""
        INSERT INTO run (run_number, run_class, is_significant, state, known, lumisections, oms, last_change,
            changed_by)
        SELECT 200000 + n, 'Collisions12', true, 'COMPLETED', '{1,40}', 40, '{}', 1, 'ingest'
        FROM generate_series(1, :runs) n
    """),
    text("""
        INSERT INTO dataset (id, run_number, name, states, is_hidden, attributes, lumisections, counts, bits, notes,
            last_change, changed_by)
        SELECT 1000000 + n, 200000 + n, 'online', '{}', false, '{}', 40, '{}', '{}', '{}', 1, 'ingest'
        FROM generate_series(1, :runs) n
    """),
    text("""
        INSERT INTO dataset_brief (id, run_number, lumisections, last_change, is_hidden, is_in_gui, states, name,
            changed_by, flags)
        SELECT 1000000 + n, 200000 + n, 40, 1, false, false, decode(repeat('00', 20), 'hex'), 'online', 'ingest', '{}'
        FROM generate_series(1, :runs) n
    """),
)


def hold_what_the_client_expects(on: Engine, simulator: Simulator) -> None:
    """Fill an empty registry; the newest run is one that the simulated OMS has."""
    make_ready(on)
    with transaction(on) as session:
        for statement in _OTHERS:
            session.execute(statement, {"runs": MORE_THAN_MAY_BE_ASKED_FOR})
        _run(
            session,
            309500,
            "Cosmics18CRUZET",
            "/PromptReco/Cosmics18CRUZET/DQM",
            state="COMPLETED",
            excluded="ecal-ecal",
        )
        _run(session, 316701, "Collisions18", "/PromptReco/Collisions2018A/DQM", state="COMPLETED")
        _run(session, 327743, "Cosmics18", "/PromptReco/HICosmics18A/DQM", state="COMPLETED")
        _run(session, SIGNED_OFF, "Cosmics22", "/PromptReco/Commissioning2021/DQM", state="SIGNOFF")
        _cycle(session)
        may_ask_again = {"grants": list(ASKING_AGAIN)}
        configure(
            session,
            ConfigurationKind.PERMISSION,
            name=OFFLINE_TRACKER_SHIFTERS,
            body=may_ask_again,
            by="test",
            why="to ask OMS again and nothing else",
        )
    ingest_season(on, simulator, most=1)
    with on.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE run, dataset, dataset_brief"))


def a_token(on: Engine) -> str:
    """The token of somebody whose e-group may have OMS asked again about runs, and nothing else."""
    owner = Actor("M. Okafor", frozenset({OFFLINE_TRACKER_SHIFTERS}), is_verified=True)
    with transaction(on) as session:
        remember_person(session, owner, seen_at=datetime.now(UTC))
        return make_token(session, owner, name="client", scope=ASKING_AGAIN, days=1, most_days=1).secret


def _run(session: Session, number: int, run_class: str, name: str, *, state: str, excluded: str = "") -> None:
    """A run with flags and bits, and an offline dataset that global has COMPLETED."""
    online = a_run(
        session,
        number,
        known=LumiSet.span(1, _LAST),
        hlt_key="/cdaq/cosmic/commissioning2018/v1",
        energy=6500,
        b_field=3.8,
        injection_scheme="25ns_2556b",
    )
    offline = DatasetKey(number, name)
    flags, bits = columns(session, _FLAGS), bit_columns(session, ["bpix_ready", "cms_active"])
    everywhere = LumiRange(1, _LAST)
    said = [LumisectionSaid(key, tuple(flags), everywhere, Status.GOOD, Origin.RULE) for key in (online, offline)]
    said.append(LumisectionSaid(online, tuple(bits), everywhere, Bit.TRUE, Origin.RULE))
    if excluded:
        out = tuple(columns(session, [excluded]))
        said.append(LumisectionSaid(offline, out, everywhere, Status.EXCLUDED, Origin.RULE))
    act = Act(
        by="test",
        why="certified",
        kind=ActKind.DATASET,
        new_datasets=(offline,),
        runs=(RunSaid(number, {"run_class": run_class, "is_significant": True, "state": state}, Origin.PERSON),),
        datasets=(DatasetSaid(offline, {"state.global": DatasetState.COMPLETED.value}, Origin.PERSON),),
        lumisections=tuple(said),
    )
    record(session, act)


def _cycle(session: Session) -> None:
    dataset = dataset_row(session, 327743, "/PromptReco/HICosmics18A/DQM")
    create_cycle(
        session,
        demo_actor("dc-expert"),
        name="Week 47",
        deadline=date(2026, 11, 30),
        ids=[dataset.id],
        desks=["tracker"],
    )
