"""Every act that people do through ``backend.certify``, each in the same registry: what it is, and how it is done.

The registry has two runs that rules judged, one of them signed off with something proposed; offline datasets with
words of rules and of people, a bit that was overridden, one that is hidden; two cycles, one completed in a workspace.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import Engine
from sqlmodel import Session

from backend.access import Actor
from backend.access.egroups import OFFLINE_TRACKER_SHIFTERS
from backend.certify.accepted import (
    AcceptedDatasetBody,
    remove_accepted_dataset,
    switch_accepted_dataset,
    write_accepted_dataset,
)
from backend.certify.adopting import adopt_rights
from backend.certify.batch import Setting, set_columns
from backend.certify.bits import give_back_bits, set_bits
from backend.certify.configuring import remove_piece, write_piece
from backend.certify.copying import Copy, copy_datasets
from backend.certify.copying_columns import ColumnsCopy, copy_columns
from backend.certify.cycles import CycleEdit, add_datasets, create_cycle, delete_cycle, edit_cycle, remove_datasets
from backend.certify.cycles_states import complete_cycle, move_cycle, move_in_cycle, reopen_cycle
from backend.certify.datasets import move_datasets
from backend.certify.flags import flag_lumisections, give_back
from backend.certify.hiding import hide_datasets, show_datasets
from backend.certify.moving_runs import move_run
from backend.certify.proposals import accept_proposal, reject_proposal
from backend.certify.quick import quick_certify
from backend.certify.runs import edit_run_class, edit_stop_reason, mark_significant, unmark_significant
from backend.certify.saying import Saying, say_status
from backend.classify.recording import reclassify_run
from backend.configuration import Cause, CausesBody, ensure_defaults
from backend.db import transaction
from backend.record import Act, ConfigurationSaid, DatasetKey, LumisectionSaid, RunSaid, columns_by_name, record
from models.vocabulary import ActKind, ConfigurationKind, DatasetState, Origin, RunState, Status
from tests.certifying import (
    EXPERT,
    ON_CALL,
    ONLINE_KEY,
    PIXEL,
    STRIP,
    a_flag,
    a_judged_run,
    a_place,
    classifiers,
    oms_says,
    tob_ready,
)
from tests.factories import RUN, a_run
from tests.offline import a_dataset, dataset_id, everywhere

SIGNED_OFF, PLAIN, COMPLETE = RUN + 1, RUN + 2, RUN + 3
"""Further runs: one is signed off, one is not significant, and of one every component has a verdict."""
NAME, OTHER = "/PromptReco/Collisions2022/DQM", "/Express/Collisions2022/DQM"
PROMPT, EXPRESS = DatasetKey(RUN, NAME), DatasetKey(RUN, OTHER)
DONE, HIDDEN = DatasetKey(SIGNED_OFF, NAME), DatasetKey(SIGNED_OFF, OTHER)
ACCEPTED = AcceptedDatasetBody(
    name="/ReReco/Collisions2022/DQM", run_class="Collisions22", patterns=("/ReReco/",), run_from=1, run_to=999_999
)
BIT = "tob_ready"
CYCLES = {"week 48": 1, "ready": 2, "done": 3}

Doing: TypeAlias = Callable[[Session, Actor, int | None], Any]


@dataclass(frozen=True)
class PeoplesAct:
    """An act: its command, its kind, and how it is done by somebody who looked at ``seen``."""

    command: Callable[..., Any]
    kind: ActKind
    do: Doing


def arrange(engine: Engine) -> None:
    """The registry in which all of them can be done."""
    with transaction(engine) as session:
        _rights_of_an_earlier_version(session)
    ensure_defaults(engine)
    with transaction(engine) as session:
        _runs(session)
        _datasets(session)
        _words_of_people(session)
        _cycles(session)
        _configuration(session)


def _rights_of_an_earlier_version(session: Session) -> None:
    """Of which one came later."""
    body = {"grants": ["flags:tracker", "undo"]}
    said = ConfigurationSaid(ConfigurationKind.PERMISSION.value, OFFLINE_TRACKER_SHIFTERS, body)
    record(session, Act("setup", "an earlier version", ActKind.SETUP, configurations=(said,)))


def _runs(session: Session) -> None:
    classifiers(session)
    a_judged_run(session)
    a_run(session, PLAIN)
    tob_ready(session)
    for run in (RUN, PLAIN):
        oms_says(session, run, **{"oms.hlt_key": "/cdaq/physics"})
        reclassify_run(session, run)
    mark_significant(session, ON_CALL, RUN, seen=None)
    edit_stop_reason(session, ON_CALL, RUN, "beam dump", seen=None)
    a_judged_run(session, COMPLETE)
    a_judged_run(session, SIGNED_OFF)
    move_run(session, ON_CALL, SIGNED_OFF, RunState.SIGNOFF, seen=None)
    strip = columns_by_name(session)[STRIP].id
    online = DatasetKey(SIGNED_OFF, "online")
    words = (LumisectionSaid(online, (strip,), a_place(of=(50, 70)).where.ranges[0], Status.BAD, Origin.RULE),)
    said = RunSaid(SIGNED_OFF, {"oms.energy": 6800, "known": [[1, 99]]}, Origin.RULE)
    record(session, Act("ingest", "OMS: changed", ActKind.PROPOSAL, runs=(said,), lumisections=words))


def _datasets(session: Session) -> None:
    said = {STRIP: everywhere(Status.NOTSET), PIXEL: everywhere(Status.GOOD)}
    a_dataset(session, RUN, NAME, flags=said)
    a_dataset(session, RUN, OTHER, flags={STRIP: everywhere(Status.STANDBY)})
    a_dataset(session, SIGNED_OFF, NAME, flags=said, state=DatasetState.COMPLETED)
    a_dataset(session, SIGNED_OFF, OTHER, flags=said)


def _words_of_people(session: Session) -> None:
    flag_lumisections(session, ON_CALL, [a_flag(of=(30, 40))], seen=None)
    flag_lumisections(session, EXPERT, [a_flag(Status.BAD, PIXEL, dataset=PROMPT, of=(30, 40))], seen=None)
    set_bits(session, EXPERT, [a_place(BIT, dataset=PROMPT)], False, comment="checked", seen=None)
    hide_datasets(session, EXPERT, ids(session, HIDDEN), why="a test", seen=None)


def _cycles(session: Session) -> None:
    for name, keys in (("week 48", (PROMPT, DONE)), ("ready", (DONE,)), ("done", (DONE,))):
        create_cycle(
            session, EXPERT, name=name, deadline=date(2022, 12, 1), ids=ids(session, *keys), desks=("tracker", "ecal")
        )
    complete_cycle(session, EXPERT, CYCLES["done"], desk="tracker", seen=None)


def _configuration(session: Session) -> None:
    write_accepted_dataset(session, EXPERT, name=ACCEPTED.name, body=ACCEPTED, why="a test", seen=None)
    configure_causes(session, EXPERT, "hv", seen=None)


def ids(session: Session, *keys: DatasetKey) -> list[int]:
    """The ids of datasets."""
    return [dataset_id(session, key) for key in keys]


def configure_causes(session: Session, by: Actor, word: str, *, seen: int | None) -> None:
    """Let ecal offer one cause."""
    body = CausesBody(causes=(Cause(word=word),))
    write_piece(session, by, ConfigurationKind.CAUSE, name="ecal", body=body, why="a test", seen=seen)


def _of_runs() -> Iterator[PeoplesAct]:
    for command, run, told in (
        (edit_run_class, RUN, ("Special22",)),
        (edit_stop_reason, RUN, (None,)),
        (mark_significant, PLAIN, ()),
        (unmark_significant, RUN, ()),
    ):
        yield PeoplesAct(command, ActKind.EDIT_RUN, partial(_said_of_a_run, command, run, told))
    for run, to in ((COMPLETE, RunState.SIGNOFF), (SIGNED_OFF, RunState.OPEN)):
        yield PeoplesAct(move_run, ActKind.MOVE_RUN, partial(_said_of_a_run, move_run, run, (to,)))
    yield PeoplesAct(accept_proposal, ActKind.ACCEPT, partial(_said_of_a_run, accept_proposal, SIGNED_OFF, ()))
    yield PeoplesAct(reject_proposal, ActKind.REJECT, partial(_said_of_a_run, reject_proposal, SIGNED_OFF, ()))


def _said_of_a_run(
    command: Callable[..., Any], run: int, told: tuple[Any, ...], session: Session, by: Actor, seen: int | None
) -> None:
    command(session, by, run, *told, seen=seen)


def _of_lumisections() -> Iterator[PeoplesAct]:
    for dataset in (ONLINE_KEY, PROMPT):
        flag, place = a_flag(dataset=dataset, of=(20, 35)), a_place(PIXEL, STRIP, dataset=dataset, of=(1, 100))
        yield PeoplesAct(
            flag_lumisections, ActKind.FLAG, lambda s, by, seen, flag=flag: flag_lumisections(s, by, [flag], seen=seen)
        )
        yield PeoplesAct(
            give_back, ActKind.WITHDRAW, lambda s, by, seen, place=place: give_back(s, by, [place], seen=seen)
        )
    bit = a_place(BIT, dataset=PROMPT, of=(15, 70))
    yield PeoplesAct(
        set_bits, ActKind.FLAG, lambda s, by, seen: set_bits(s, by, [bit], True, comment="it was on", seen=seen)
    )
    yield PeoplesAct(give_back_bits, ActKind.WITHDRAW, lambda s, by, seen: give_back_bits(s, by, [bit], seen=seen))


def _of_datasets() -> Iterator[PeoplesAct]:
    setting = Setting((STRIP, PIXEL), Status.BAD, comment="noisy")
    copy = Copy("/ReReco/Collisions2022/DQM", ("tracker",))
    columns = ColumnsCopy(OTHER, (STRIP,))
    told: tuple[tuple[Callable[..., Any], ActKind, tuple[DatasetKey, ...], Mapping[str, Any]], ...] = (
        (set_columns, ActKind.BATCH, (PROMPT, EXPRESS), {"setting": setting}),
        (say_status, ActKind.FLAG, (PROMPT, EXPRESS), {"saying": Saying((STRIP, PIXEL), Status.BAD, comment="noisy")}),
        (copy_datasets, ActKind.BATCH, (PROMPT, DONE), {"copy": copy}),
        (copy_columns, ActKind.BATCH, (PROMPT,), {"copy": columns}),
        (quick_certify, ActKind.BATCH, (PROMPT, EXPRESS), {"workspace": "tracker", "with_sign_off": True}),
        (move_datasets, ActKind.DATASET, (PROMPT, EXPRESS), {"desks": ("tracker",), "to": DatasetState.SIGNOFF}),
        (move_datasets, ActKind.DATASET, (DONE,), _BACK_TO_OPEN),
        (hide_datasets, ActKind.DATASET, (PROMPT, EXPRESS), {"why": "a test"}),
        (show_datasets, ActKind.DATASET, (HIDDEN,), {}),
    )
    for command, kind, keys, more in told:
        yield PeoplesAct(command, kind, partial(_done_with_datasets, command, keys, more))


_BACK_TO_OPEN = {"desks": ("ecal", "muon"), "to": DatasetState.OPEN, "with_closed": True}


def _done_with_datasets(
    command: Callable[..., Any],
    keys: tuple[DatasetKey, ...],
    more: Mapping[str, Any],
    session: Session,
    by: Actor,
    seen: int | None,
) -> None:
    command(session, by, ids(session, *keys), **more, seen=seen)


def _of_cycles() -> Iterator[PeoplesAct]:
    edit = CycleEdit(name="week 49", deadline=date(2022, 12, 8), description="late", desks=("tracker", "muon"))
    told: tuple[tuple[Callable[..., Any], str, Mapping[str, Any]], ...] = (
        (edit_cycle, "week 48", {"edit": edit}),
        (delete_cycle, "week 48", {}),
        (complete_cycle, "ready", {"desk": "tracker"}),
        (reopen_cycle, "done", {"desk": "tracker"}),
        (move_cycle, "week 48", {"desk": "tracker", "to": DatasetState.COMPLETED}),
    )
    for command, name, more in told:
        yield PeoplesAct(
            command,
            ActKind.CYCLE,
            lambda s, by, seen, do=command, name=name, more=more: do(s, by, CYCLES[name], **more, seen=seen),
        )
    of_datasets: tuple[tuple[Callable[..., Any], str, DatasetKey, Mapping[str, Any]], ...] = (
        (add_datasets, "week 48", EXPRESS, {}),
        (remove_datasets, "week 48", PROMPT, {}),
        (move_in_cycle, "week 48", PROMPT, {"desk": "tracker", "to": DatasetState.COMPLETED}),
    )
    for command, name, key, more in of_datasets:
        yield PeoplesAct(
            command,
            ActKind.CYCLE,
            lambda s, by, seen, do=command, name=name, key=key, more=more: do(
                s, by, CYCLES[name], ids=ids(s, key), **more, seen=seen
            ),
        )
    yield PeoplesAct(
        create_cycle,
        ActKind.CYCLE,
        lambda s, by, seen: create_cycle(
            s, by, name="week 50", deadline=date(2022, 12, 15), ids=ids(s, EXPRESS), desks=("tracker",)
        ),
    )


def _of_configuration() -> Iterator[PeoplesAct]:
    further = {"name": ACCEPTED.name, "why": "a test"}
    changed = ACCEPTED.model_copy(update={"run_to": 370_000})
    told: tuple[tuple[Callable[..., Any], tuple[Any, ...], Mapping[str, Any]], ...] = (
        (write_accepted_dataset, (), {"body": changed, **further}),
        (switch_accepted_dataset, (), {"is_enabled": False, **further}),
        (remove_accepted_dataset, (), further),
        (remove_piece, (ConfigurationKind.CAUSE,), {"name": "ecal", "why": "a test"}),
        (adopt_rights, (), {"why": "a test"}),
    )
    for command, args, more in told:
        yield PeoplesAct(
            command,
            ActKind.CONFIGURE,
            lambda s, by, seen, do=command, args=args, more=more: do(s, by, *args, **more, seen=seen),
        )
    yield PeoplesAct(write_piece, ActKind.CONFIGURE, lambda s, by, seen: configure_causes(s, by, "trip", seen=seen))


ACTS = (*_of_runs(), *_of_lumisections(), *_of_datasets(), *_of_cycles(), *_of_configuration())
"""One or more of every command."""
