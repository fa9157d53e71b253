"""Arranges classification: a few rules, runs that OMS speaks of, what people say, and a look at what came of it."""

from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.classify import ComponentBody, RunClassBody, SignificanceBody
from backend.classify.recording import classify_run
from backend.configuration import Side, WorkspaceBody, WorkspaceColumn, configure
from backend.db import transaction
from backend.ingest.runs import ingest_run
from backend.queries import strip_of
from backend.record import Act, DatasetKey, LumisectionSaid, RunSaid, columns_by_name, record
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, ActKind, ConfigurationKind, Origin, Status
from tests.factories import RUN
from tests.judging import ALWAYS, is_true
from tests.oms_answers import OmsState, an_oms_run

KEY = "/cdaq/physics/Run2022/2e34/v1.4.0/HLT/V4"
BY = "A. Expert"
ENDLESS: Any = {"some": [[1] * 1100, {"some": [[1] * 1100, {"==": [{"var": ""}, 2]}]}]}
"""A rule that takes more steps than a rule may."""


def write_rules(engine: Engine) -> None:
    """Collisions22 for physics keys, significant from five lumisections on; tracker-strip GOOD where bpix is ready."""
    columns = tuple(WorkspaceColumn(name=name, label=name) for name in ("pixel", "strip"))
    tracker = WorkspaceBody(side=Side.ONLINE, workspace="tracker", label="Tracker", position=1, columns=columns)
    with transaction(engine) as session:
        configure(session, ConfigurationKind.WORKSPACE, name=tracker.name, body=tracker, by=BY, why="for a test")
    a_class(engine, "Collisions22", {"in": ["physics", {"var": "hlt_key"}]}, priority=2)
    a_class(engine, "Commissioning22", ALWAYS, priority=9)
    significance(engine, {">=": [{"var": "ls_duration"}, 5]})
    component(engine, Status.GOOD, is_true("bpix_ready"), priority=3)
    component(engine, Status.BAD, {"==": [{"var": "bpix_ready"}, False]}, priority=4)


def write(engine: Engine, name: str, body: Any, *, is_enabled: bool = True) -> None:
    with transaction(engine) as session:
        configure(session, body.kind, name=name, body=body, is_enabled=is_enabled, by=BY, why="for a test")


def a_class(engine: Engine, name: str, rule: Any, *, priority: int = 1, is_enabled: bool = True) -> None:
    write(engine, name, RunClassBody(rule=rule, run_class=name, priority=priority), is_enabled=is_enabled)


def significance(engine: Engine, rule: Any, *, is_enabled: bool = True) -> None:
    write(engine, "Collisions22", SignificanceBody(rule=rule, run_class="Collisions22"), is_enabled=is_enabled)


def strip_rule(status: Status, rule: Any, *, priority: int) -> ComponentBody:
    return ComponentBody(rule=rule, side=Side.ONLINE, component="tracker-strip", status=status, priority=priority)


def component(engine: Engine, status: Status, rule: Any, *, priority: int, is_enabled: bool = True) -> None:
    body = strip_rule(status, rule, priority=priority)
    write(engine, body.about, body, is_enabled=is_enabled)


def a_physics_run(last: int = 10, run_number: int = RUN) -> OmsState:
    return an_oms_run(last, run_number=run_number, hlt_key=KEY)


def take_in(engine: Engine, *states: OmsState) -> None:
    for state in states:
        ingest_run(engine, state.run(), state.read(), classify=classify_run)


def acts(session: Session, kind: ActKind = ActKind.CLASSIFY) -> list[tuple[str, str]]:
    """Who said what for which reason, of one kind of act."""
    query = text('SELECT "by", why FROM change_set WHERE kind = :kind ORDER BY id')
    return [(by, why) for by, why in session.execute(query, {"kind": kind.value})]


def run(session: Session, column: str) -> object:
    query = text("SELECT to_jsonb(run) -> :column FROM run WHERE run_number = :run")
    return session.execute(query, {"column": column, "run": RUN}).scalar_one()


def flags(session: Session, column: str = "tracker-strip", run_number: int = RUN) -> dict[str, str]:
    """Status → where, within the known lumisections; as people write it."""
    strip = strip_of(session, run_number)
    found: dict[str, LumiSet] = {}
    own = strip.column(column)
    for said in own.segments if own else ():
        assert isinstance(said.value, Status)
        found[said.value.word] = found.get(said.value.word, LumiSet()) | (LumiSet((said.range,)) & strip.known)
    return {word: str(where) for word, where in found.items() if where}


def says(engine: Engine, *, person: str = "S. Tanaka", **said: object) -> int:
    """What a person says of the run."""
    with transaction(engine) as session:
        words = RunSaid(RUN, said, Origin.PERSON)
        return record(session, Act(by=person, why="said so", kind=ActKind.EDIT_RUN, runs=(words,))).change_set


def flags_it(engine: Engine, status: Status | None, of: tuple[int, int], *, withdraws: tuple[Origin, ...] = ()) -> int:
    with transaction(engine) as session:
        column = columns_by_name(session)["tracker-strip"].id
        online = DatasetKey(RUN, ONLINE)
        said = LumisectionSaid(online, (column,), LumiRange(*of), status, Origin.PERSON, withdraws=withdraws)
        kind = ActKind.WITHDRAW if withdraws else ActKind.FLAG
        return record(session, Act(by="S. Tanaka", why="saw it", kind=kind, lumisections=(said,))).change_set
