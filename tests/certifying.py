"""Arranges what people certify: a run that rules judged, its classifiers, an offline dataset, the people who may."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.access import demo_actor
from backend.certify.completeness import certifiable_components
from backend.certify.flags import Flag
from backend.certify.places import Place
from backend.classify import ComponentBody, RunClassBody, SignificanceBody
from backend.configuration import Side, configure
from backend.db import transaction
from backend.errors import RegistryError
from backend.queries import latest_change
from backend.record import Act, DatasetKey, DatasetSaid, LumisectionSaid, RunSaid, columns_by_name, record
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, ActKind, Bit, DatasetState, Origin, Status
from tests.factories import RUN, a_run
from tests.judging import ALWAYS, NEVER

SHIFTER, ON_CALL, EXPERT = demo_actor("shifter"), demo_actor("on-call"), demo_actor("admin")
CERTIFIER, DC_EXPERT = demo_actor("tracker-certifier"), demo_actor("dc-expert")
ONLINE_KEY = DatasetKey(RUN, ONLINE)
PROMPT = DatasetKey(RUN, "/PromptReco/Collisions2022/DQM")
STRIP, PIXEL = "tracker-strip", "tracker-pixel"


def a_judged_run(session: Session, run_number: int = RUN, *, known: LumiSet | None = None, **said: Any) -> DatasetKey:
    """A run of class Collisions22 of which rules say GOOD for every certifiable component; OPEN, significant."""
    online = a_run(session, run_number, known=known)
    attributes = {"run_class": "Collisions22", "is_significant": True} | said
    numbers = columns_by_name(session)
    columns = tuple(numbers[name].id for name in certifiable_components(session))
    everywhere = (known or LumiSet.span(1, 100)).ranges
    act = Act(
        by="rule",
        why="classified",
        kind=ActKind.CLASSIFY,
        runs=(RunSaid(run_number, attributes, Origin.RULE),),
        lumisections=tuple(LumisectionSaid(online, columns, where, Status.GOOD, Origin.RULE) for where in everywhere),
    )
    record(session, act)
    return online


def a_dataset(session: Session, key: DatasetKey = PROMPT, *, states: Mapping[str, DatasetState] | None = None) -> None:
    """An offline dataset, OPEN in tracker, ecal and global unless said otherwise."""
    told = states or dict.fromkeys(("tracker", "ecal", "global"), DatasetState.OPEN)
    said = {f"state.{workspace}": state.value for workspace, state in told.items()}
    act = Act(
        by="S. Tanaka",
        why="signed off",
        kind=ActKind.MOVE_RUN,
        new_datasets=(key,),
        datasets=(DatasetSaid(key, said, Origin.RULE),),
    )
    record(session, act)


def classifiers(session: Session) -> None:
    """Rules by which runs with an HLT key are Collisions22, not significant, and good where a bit says so."""
    for status, rule in (
        (Status.GOOD, {"==": [{"var": "tob_ready"}, True]}),
        (Status.BAD, {"!": {"var": "tob_ready"}}),
    ):
        component = ComponentBody(side=Side.ONLINE, component=STRIP, status=status, priority=1, rule=rule)
        configure(session, component.kind, name=component.about, body=component, by="test", why="a rule")
    run_class = RunClassBody(run_class="Collisions22", priority=1, rule=ALWAYS)
    configure(session, run_class.kind, name="Collisions22", body=run_class, by="test", why="a rule")
    for name, rule in (("Collisions22", NEVER), ("Special22", ALWAYS)):
        significance = SignificanceBody(run_class=name, rule=rule)
        configure(session, significance.kind, name=name, body=significance, by="test", why="a rule")


def tob_ready(session: Session, *, until: int = 60, last: int = 100) -> None:
    """OMS says that the tracker's outer barrel was ready at first, and not any more later."""
    column = columns_by_name(session)["oms-tob_ready"].id
    words = (
        LumisectionSaid(ONLINE_KEY, (column,), LumiRange(1, until), Bit.TRUE, Origin.RULE),
        LumisectionSaid(ONLINE_KEY, (column,), LumiRange(until + 1, last), Bit.FALSE, Origin.RULE),
    )
    record(session, Act(by="ingest", why="OMS: values came", kind=ActKind.INGEST, lumisections=words))


def oms_says(session: Session, run_number: int = RUN, **attributes: Any) -> None:
    """OMS says something of a run, named as in the log."""
    said = RunSaid(run_number, attributes, Origin.RULE)
    record(session, Act(by="ingest", why="OMS: something changed", kind=ActKind.INGEST, runs=(said,)))


def a_flag(
    status: Status = Status.BAD,
    *components: str,
    dataset: DatasetKey = ONLINE_KEY,
    of: tuple[int, int] = (10, 20),
    cause: str | None = None,
    comment: str | None = "HV trip",
) -> Flag:
    """What a person wants to say of components, of tracker-strip unless said otherwise."""
    return Flag(a_place(*components, dataset=dataset, of=of), status, cause, comment)


def a_place(*components: str, dataset: DatasetKey = ONLINE_KEY, of: tuple[int, int] = (10, 20)) -> Place:
    """Where somebody wants to say something."""
    return Place(dataset, components or (STRIP,), LumiSet.span(*of))


def said_of(session: Session, component: str = STRIP, dataset: DatasetKey = ONLINE_KEY) -> dict[Status | Bit, str]:
    """What holds of a column: value → where."""
    query = text("""
        SELECT value, first, last FROM segment
        WHERE run_number = :run AND name = :name AND workspace || '-' || column_name = :component
    """)
    rows = session.execute(query, {"run": dataset.run_number, "name": dataset.name, "component": component})
    found: dict[Status | Bit, list[LumiRange]] = {}
    for value, first, last in rows:
        kind = Bit if component.startswith("oms-") else Status
        found.setdefault(kind(value), []).append(LumiRange(first, last))
    return {value: str(LumiSet.of(ranges)) for value, ranges in found.items()}


def run_row(session: Session, run_number: int = RUN) -> Any:
    """The run as pages show it."""
    return session.execute(text("SELECT * FROM run WHERE run_number = :run"), {"run": run_number}).one()


def whole_state(session: Session) -> dict[str, list[Any]]:
    """All projections but for who touched a row last."""
    return {
        table: list(
            session.execute(
                text(f"SELECT to_jsonb(t) - 'last_change' - 'changed_by' FROM {table} t ORDER BY 1")
            ).scalars()
        )
        for table in ("run", "dataset", "segments", "luminosity", "configuration", "cycle_now")
    }


def seen(session: Session) -> int:
    """The change set that a page which is open now has seen."""
    return latest_change(session).change_set


def last_act(session: Session) -> Any:
    """The latest act in the log."""
    return session.execute(text('SELECT id, "by", why, kind, undoes FROM change_set ORDER BY id DESC LIMIT 1')).one()


def at_once(engine: Engine, *deeds: Callable[[Session], object]) -> list[str]:
    """What becomes of deeds that are done at the same moment, sorted: ``done``, or the name of the error."""
    together = Barrier(len(deeds))

    def do(deed: Callable[[Session], object]) -> str:
        try:
            with transaction(engine) as session:
                together.wait(timeout=10)
                deed(session)
        except RegistryError as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return sorted(pool.map(do, deeds))


def one_after_the_other(engine: Engine, first: Callable[[Session], object], second: Callable[[Session], object]) -> str:
    """What becomes of a deed that begins while another is done and not yet committed, and has to wait for it.

    What it decided before it waited, it decided without knowing of the other.
    """

    def do() -> str:
        try:
            with transaction(engine) as session:
                second(session)
        except RegistryError as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as session:
            first(session)
            waiting = pool.submit(do)
            wait_until_somebody_waits(session)
        return waiting.result(timeout=20)


def wait_until_somebody_waits(session: Session) -> None:
    """Until somebody else waits for a lock that is held."""
    until = time.monotonic() + 20
    while not session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one():
        assert time.monotonic() < until, "nobody waits for a lock"
        time.sleep(0.01)


def rules_say(session: Session, column: str, status: Status | None, of: tuple[int, int], run_number: int = RUN) -> None:
    """Rules say a status of a component online, or take back what they said (none)."""
    number = columns_by_name(session)[column].id
    withdraws = () if status is not None else (Origin.RULE,)
    word = LumisectionSaid(
        DatasetKey(run_number, ONLINE), (number,), LumiRange(*of), status, Origin.RULE, withdraws=withdraws
    )
    record(session, Act(by="rule", why="classified", kind=ActKind.CLASSIFY, lumisections=(word,)))
