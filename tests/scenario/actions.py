"""What people and OMS did in the recorded scenario after ingest, done once more through the commands.

Left out is what no person did to a run that OMS has: runs made by hand, and requests without a name. Of a run that is
signed off the original takes in by itself what OMS changes; here it is proposed, and somebody accepts it.
"""

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Engine
from sqlmodel import Session

from backend.access import demo_actor
from backend.certify.bits import set_bits
from backend.certify.flags import Flag, flag_lumisections
from backend.certify.moving_runs import move_run
from backend.certify.places import Place
from backend.certify.proposals import accept_proposal
from backend.certify.refresh import refresh_run, reset_run
from backend.certify.runs import edit_run_class, edit_stop_reason, mark_significant
from backend.classify.recording import classify_run
from backend.db import transaction
from backend.errors import InvalidInput, RegistryError
from backend.ingest import looks
from backend.ingest.oms import Oms
from backend.ingest.runs import Outcome
from backend.record import DatasetKey
from models.lumis import BadLumisections, LumiSet
from models.vocabulary import RunState, Status
from scripts.simulator.running import Simulator
from tests.scenario.replay import BY
from tests.scenario.states import DATA

SOMEBODY = demo_actor("admin")
"""The original was asked by an expert, who may everything."""

Body: TypeAlias = Mapping[str, Any]
Deed: TypeAlias = Callable[[Session, int, Body], object]


@dataclass(frozen=True, slots=True)
class Action:
    """A request to the original and the status of its answer; or a later version of a run (``revision_of``) in OMS."""

    label: str
    method: str = ""
    path: str = ""
    body: Body | None = None
    status: int = 200
    email: str | None = None
    revision_of: int | None = None

    @property
    def is_of_a_person(self) -> bool:
        """Whether it is something that can be asked of the registry."""
        return self.email == BY and self.path != "/runs/" and self.run_number not in _MADE_BY_HAND

    @property
    def was_taken(self) -> bool:
        """Whether the original did it."""
        return self.status == 200

    @property
    def run_number(self) -> int:
        """The run that it is about."""
        return int((self.body or {}).get("run_number") or self.path.split("/")[-2 if "edit" in self.path else -1])


_MADE_BY_HAND = frozenset({378001, 378002, 378003})


def recorded_actions() -> list[Action]:
    """What happened between the ingest and the look at the DQM GUI, in order."""
    told = json.loads(gzip.decompress((DATA / "scenario" / "actions.json.gz").read_bytes()))
    actions = [Action(**entry) for entry in told]
    return [action for action in actions if action.revision_of or action.is_of_a_person]


def do_again(engine: Engine, simulator: Simulator, oms: Oms, actions: list[Action]) -> dict[str, str]:
    """Do all actions; those that the registry refused, by their labels, with its sentence."""
    refused = {}
    for action in actions:
        try:
            _do(engine, simulator, oms, action)
        except RegistryError as error:
            refused[action.label] = str(error)
    return refused


def _do(engine: Engine, simulator: Simulator, oms: Oms, action: Action) -> None:
    if action.revision_of:
        revisions = [run.run_number for run in simulator.feed.revisions]
        simulator.apply_revision(revisions.index(action.revision_of))
        if looks.refresh_run(engine, oms, action.revision_of, classify=classify_run) is Outcome.PROPOSED:
            with transaction(engine) as session:
                accept_proposal(session, SOMEBODY, action.revision_of, seen=None)
    elif "reset_and_refresh_run" in action.path:
        reset_run(engine, SOMEBODY, action.run_number, oms=oms, seen=None)
    elif "refresh_run" in action.path:
        refresh_run(engine, SOMEBODY, action.run_number, oms=oms)
    else:
        deed = next(deed for path, deed in _DEEDS.items() if path in action.path)
        with transaction(engine) as session:
            deed(session, action.run_number, {"to": action.path.split("/")[-1], **(action.body or {})})


def _edit_class(session: Session, run: int, body: Body) -> None:
    edit_run_class(session, SOMEBODY, run, _given(body, "class"), seen=None)


def _edit_stop_reason(session: Session, run: int, body: Body) -> None:
    edit_stop_reason(session, SOMEBODY, run, _given(body, "stop_reason"), seen=None)


def _mark(session: Session, run: int, body: Body) -> None:
    mark_significant(session, SOMEBODY, run, seen=None)


def _move(session: Session, run: int, body: Body) -> None:
    to = body["to"]
    if to not in list(RunState):
        raise InvalidInput(f"There is no state {to!r}.")
    move_run(session, SOMEBODY, run, RunState(to), seen=None)


def _flag(session: Session, run: int, body: Body) -> None:
    place, told = _place(run, body)
    statuses = {status.word: status for status in Status}
    if told.get("status") not in statuses:
        raise InvalidInput(f"There is no status {told.get('status')!r}.")
    flag = Flag(place, statuses[told["status"]], comment=told.get("comment") or None)
    flag_lumisections(session, SOMEBODY, [flag], seen=None)


def _set_bit(session: Session, run: int, body: Body) -> None:
    place, told = _place(run, body)
    set_bits(session, SOMEBODY, [place], told.get("status") is True, comment=told.get("comment", ""), seen=None)


def _place(run: int, body: Body) -> tuple[Place, Mapping[str, Any]]:
    told: Mapping[str, Any] = _given(body, "new_lumisection_range")
    try:
        where = LumiSet.pairs([[told["start"], told["end"]]])
    except BadLumisections as error:
        raise InvalidInput(str(error)) from error
    return Place(DatasetKey(run, body["dataset_name"]), (body["component"],), where), told


def _given(body: Body, name: str) -> Any:
    if name not in body:
        raise InvalidInput(f"Nothing is given as {name}.")
    return body[name]


_DEEDS: Mapping[str, Deed] = {
    "/class": _edit_class,
    "/stop_reason": _edit_stop_reason,
    "/mark_significant": _mark,
    "/move_run": _move,
    "/edit_rr_lumisections": _flag,
    "/edit_oms_lumisections": _set_bit,
}
