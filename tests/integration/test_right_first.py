"""Every command asks who it is before anything else: whoever is not verified is refused and changes nothing.

Whoever is not signed in may claim every e-group there is, and the name that passed unchecked in the original.
"""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

import backend.certify
import backend.classify
import backend.configuration
import backend.golden
import backend.jobs
import backend.queries
from backend.access import DEFAULT_RIGHTS, VISITOR, Actor
from backend.certify import (
    batch,
    copying,
    copying_columns,
    cycles_states,
    datasets,
    flags_preview,
    hiding,
    quick,
    saying,
)
from backend.certify.luminosity import import_luminosity, look_at_luminosity
from backend.certify.orders import Hide
from backend.certify.refresh import refresh_run, reset_run
from backend.certify.taking_back import take_back, undoable
from backend.classify import commands as classifying
from backend.db import transaction
from backend.errors import NotPermitted
from backend.golden import making, publishing, uploading
from backend.jobs import batching, golden_making, importing, undoing
from backend.jobs import commands as asking
from backend.queries.attributes import RUNS
from backend.queries.filter_text import parse_filter
from backend.queries.saved_filters import delete_filter, save_filter
from models.vocabulary import ConfigurationKind, DatasetState, Status
from tests.certifying import STRIP, a_flag, last_act
from tests.factories import RUN
from tests.peoples_acts import ACTS, CYCLES, EXPRESS, NAME, PROMPT, arrange, ids

FORGED = Actor("auto@auto", frozenset(DEFAULT_RIGHTS), is_verified=False)
"""Every e-group, claimed and not verified."""
STRANGER = Actor("M. Nobody", frozenset({"cms-users", ""}), is_verified=True)
"""Signed in, with e-groups that have no rights."""
KIND, FILE = ConfigurationKind.RUN_CLASS, b"#run:fill,ls\n"
HIDE = Hide()
RULE: Any = {"kind": KIND, "name": "Collisions22", "why": "a test"}

Call = Callable[[Session, Engine, Actor], Any]


class Untouchable:
    """A source that nobody may ask before the right is checked."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the source was asked for {name}")


OMS: Any = Untouchable()


def _on_datasets(command: Callable[..., Any], **more: Any) -> Call:
    return lambda session, engine, who: command(session, who, ids(session, PROMPT, EXPRESS), **more)


def _said(command: Callable[..., Any], *args: Any, **more: Any) -> Call:
    return lambda session, engine, who: command(session, who, *args, **more)


PREVIEWS: dict[Callable[..., Any], Call] = {
    batch.preview_setting: _on_datasets(batch.preview_setting, setting=batch.Setting((STRIP,), Status.BAD)),
    copying.preview_copies: _on_datasets(copying.preview_copies, copy=copying.Copy(NAME, ("tracker",))),
    copying_columns.preview_columns: _on_datasets(
        copying_columns.preview_columns, copy=copying_columns.ColumnsCopy(NAME, (STRIP,))
    ),
    datasets.preview_moves: _on_datasets(datasets.preview_moves, desks=("tracker",), to=DatasetState.SIGNOFF),
    hiding.preview_hiding: _on_datasets(hiding.preview_hiding),
    quick.preview_quick: _on_datasets(quick.preview_quick, workspace="tracker"),
    cycles_states.preview_cycle_moves: _said(
        cycles_states.preview_cycle_moves, CYCLES["week 48"], desk="tracker", to=DatasetState.COMPLETED
    ),
    quick.previews_of_quick: _on_datasets(quick.previews_of_quick, workspace="tracker", with_sign_off=True),
    cycles_states.preview_in_cycle: lambda s, engine, who: cycles_states.preview_in_cycle(
        s, who, CYCLES["week 48"], ids=ids(s, PROMPT), desk="tracker", to=DatasetState.COMPLETED
    ),
    saying.preview_saying: _on_datasets(saying.preview_saying, saying=saying.Saying((STRIP,), Status.GOOD)),
    flags_preview.preview_flags: _said(flags_preview.preview_flags, [a_flag()]),
    look_at_luminosity: _said(look_at_luminosity, FILE),
}
CALLS: dict[Callable[..., Any], Call] = {
    import_luminosity: lambda s, engine, who: import_luminosity(engine, who, FILE, name="x.csv"),
    refresh_run: lambda s, engine, who: refresh_run(engine, who, RUN, oms=OMS),
    reset_run: lambda s, engine, who: reset_run(engine, who, RUN, oms=OMS, why="a test", seen=None),
    take_back: lambda s, engine, who: take_back(s, who, last_act(s).id),
    classifying.write_classifier: _said(classifying.write_classifier, body={}, seen=0, **RULE),
    classifying.switch_classifier: _said(classifying.switch_classifier, is_enabled=False, seen=0, **RULE),
    classifying.remove_classifier: _said(classifying.remove_classifier, seen=0, **RULE),
    classifying.restore_classifier: _said(classifying.restore_classifier, version=1, seen=0, **RULE),
    classifying.undo_version: _said(classifying.undo_version, change_set=1, **RULE),
    publishing.mark_official: _said(publishing.mark_official, 1, kind="golden", seen=None),
    publishing.unmark_official: _said(publishing.unmark_official, 1, seen=None),
    batching.batch_of: lambda s, engine, who: batching.batch_of(s, who, HIDE, ids=tuple(ids(s, PROMPT))),
    batching.batch_as_previewed: lambda s, engine, who: batching.batch_as_previewed(
        s, who, HIDE, ids=tuple(ids(s, PROMPT)), seen=0
    ),
    importing.import_of: _said(importing.import_of, FILE, name="x.csv"),
    asking.ask_backfill: _said(asking.ask_backfill, first=1, last=2),
    asking.ask_reclassify: _said(asking.ask_reclassify, filter="run > 1"),
    asking.cancel_task: _said(asking.cancel_task, 1),
}
OWN: dict[Callable[..., Any], Call] = {
    making.make: lambda s, engine, who: making.make(engine, who),
    publishing.describe: _said(publishing.describe, 1, label="x", seen=None),
    publishing.delete: _said(publishing.delete, 1, seen=None),
    publishing.bring_back: _said(publishing.bring_back, 1),
    uploading.keep_upload: _said(uploading.keep_upload, b'{"1": [[1, 2]]}'),
    golden_making.errand_for: _said(golden_making.errand_for),
    save_filter: _said(save_filter, subject="run", name="x", filter=parse_filter("run > 1", RUNS)),
    delete_filter: _said(delete_filter, 1),
}
"""What anybody may do who is signed in: with what is their own."""
JUDGING = {"permitted", "permitted_columns", "require_login", "may_edit", "checked_flags", "checked_places"}
"""What commands ask with."""
WITHIN = {"record_plan", "keep"}
"""What commands do when all has been asked."""
READING = {"saved_filters", "undoable", "undo_of"}
"""What tells a person what is theirs, or why not."""


@pytest.fixture
def registry(engine: Engine) -> Engine:
    arrange(engine)
    return engine


def _rows(engine: Engine) -> dict[str, int]:
    """How many rows each table has: nothing can be changed without one more in the log, or in what is kept aside."""
    with transaction(engine) as session:
        names = session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        return {name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}


def test_whoever_is_not_verified_is_refused_by_every_command_and_changes_nothing(registry: Engine) -> None:
    before = _rows(registry)
    for who in (VISITOR, FORGED):
        for name, call in _calls():
            with transaction(registry) as session:
                assert isinstance(_refusal(call, session, registry, who), NotPermitted), (who.name, name)
    assert _rows(registry) == before


def test_whoever_is_signed_in_without_rights_is_refused_but_for_what_is_their_own(registry: Engine) -> None:
    before = _rows(registry)
    own = {name.__name__ for name in OWN}
    for name, call in _calls():
        if name not in own:
            with transaction(registry) as session:
                refusal = _refusal(call, session, registry, STRANGER)
                assert isinstance(refusal, NotPermitted), name
                assert "e-groups: " in str(refusal), name
    assert _rows(registry) == before


def _refusal(call: Call, session: Session, engine: Engine, who: Actor) -> Exception | None:
    try:
        call(session, engine, who)
    except Exception as error:  # noqa: BLE001
        return error
    return None


def _calls() -> Iterator[tuple[str, Call]]:
    for act in ACTS:
        yield act.command.__name__, lambda session, engine, who, do=act.do: do(session, who, None)
    for known in (PREVIEWS, CALLS, OWN):
        for command, call in known.items():
            yield command.__name__, call


def test_what_an_undo_needs_is_told_and_asked_for(registry: Engine) -> None:
    with transaction(registry) as session:
        number = last_act(session).id
        assert "may not undo" in str(undoable(session, STRANGER, number).why_not)
        for who in (VISITOR, FORGED, STRANGER):
            assert undoable(session, who, number).why_not
            with pytest.raises(Exception, match="may not undo"):
                undoing.undo_of(session, who, number, why="a test")


def test_no_command_is_forgotten() -> None:
    told = {act.command.__name__ for act in ACTS} | {f.__name__ for known in (PREVIEWS, CALLS, OWN) for f in known}
    known = JUDGING | WITHIN | READING | told
    assert {name for name in _commands() if not name.startswith("preview")} <= known <= set(_commands())


def _commands() -> Iterator[str]:
    """Every public function that takes an actor, in the packages that change something."""
    packages = (
        backend.certify,
        backend.classify,
        backend.configuration,
        backend.golden,
        backend.jobs,
        backend.queries,
    )
    for package in packages:
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if module.name.endswith("__main__"):
                continue
            for name, found in inspect.getmembers(import_module(module.name), inspect.isfunction):
                if found.__module__ == module.name and not name.startswith("_"):
                    told = inspect.signature(found, eval_str=True).parameters.values()
                    if any(parameter.annotation is Actor for parameter in told):
                        yield name
