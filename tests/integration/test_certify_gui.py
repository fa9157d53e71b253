"""Datasets that appear in the DQM GUI: linked, opened where rules want it, never against people, nothing said twice."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.certify.accepted import AcceptedDatasetBody
from backend.certify.gui_links import GuiLook, link_listed
from backend.classify import OfflineDatasetBody
from backend.configuration import configure, ensure_defaults
from backend.db import transaction
from backend.jobs.gui import looking_at_the_gui
from backend.jobs.job import Ending, Report, Tick
from backend.queries import latest_change
from backend.record import Act, DatasetKey, DatasetSaid, RunSaid, record, undo
from backend.settings import Settings
from models.vocabulary import ActKind, DatasetState, Origin
from tests.factories import RUN, a_run
from tests.offline import EXPRESS, PROMPT, a_dataset, acts, attributes, names_of, sign_off, states

KEY = DatasetKey(RUN, PROMPT)
ZERO_BIAS, V2, MUON = (
    "/ZeroBias/Run2018D-PromptReco-v1/DQMIO",
    "/ZeroBias/Run2018D-PromptReco-v2/DQMIO",
    "/Muon0/Run2018D-PromptReco-v1/DQMIO",
)


@dataclass(frozen=True)
class Entry:
    run_number: int
    dataset: str


@pytest.fixture
def registry(engine: Engine) -> Engine:
    """A registry with one dataset that waits, which tracker wants and ecal does not; csc has no rule."""
    ensure_defaults(engine)
    with transaction(engine) as session:
        accept(session, PROMPT, "/ZeroBias/.*PromptReco\n/Muon0/")
        rule(session, "tracker", {"in": ["PromptReco", {"var": "name"}]})
        rule(session, "ecal", {"==": [{"var": "Run.rr_attributes.class"}, "Cosmics18"]})
        a_run(session)
        a_dataset(session, state=DatasetState.WAITING)
    return engine


@pytest.fixture
def session(registry: Engine) -> Iterator[Session]:
    with transaction(registry) as opened:
        yield opened


def accept(session: Session, name: str, patterns: str, *, run_to: int = 999_999, is_enabled: bool = True) -> None:
    told = {"name": name, "run_class": "Collisions18", "patterns": patterns, "run_from": 1, "run_to": run_to}
    kind = AcceptedDatasetBody.kind
    configure(session, kind, name=name, body=told, by="test", why="accepted", is_enabled=is_enabled)


def rule(session: Session, workspace: str, asks: object, *, is_enabled: bool = True) -> None:
    body = OfflineDatasetBody(workspace=workspace, rule=asks)
    configure(session, body.kind, name=workspace, body=body, by="test", why="a rule", is_enabled=is_enabled)


def move(engine: Engine, workspace: str, state: DatasetState) -> int:
    word = DatasetSaid(KEY, {f"state.{workspace}": state.value}, Origin.PERSON)
    with transaction(engine) as session:
        act = Act(by="J. Novak", why="moved", kind=ActKind.DATASET, datasets=(word,))
        return record(session, act).change_set


def look(engine: Engine, *names: str, run_number: int = RUN) -> GuiLook:
    return link_listed(engine, [Entry(run_number, name) for name in names])


def desks(engine: Engine, key: DatasetKey = KEY) -> dict[str, str]:
    with transaction(engine) as session:
        return states(session, key)


def links(engine: Engine, key: DatasetKey = KEY) -> list[str]:
    with transaction(engine) as session:
        return sorted(name.removeprefix("gui.") for name in attributes(session, key))


def test_what_appears_is_linked_and_opened_where_a_rule_wants_it(registry: Engine) -> None:
    found = look(registry, ZERO_BIAS, "/Junk/Run2018D-Other-v1/DQMIO")
    assert (found.datasets, found.links, found.opened, found.not_significant) == (1, 1, 1, 1)
    assert links(registry) == [ZERO_BIAS]
    now = desks(registry)
    assert (now["tracker"], now["ecal"], now["csc"]) == ("OPEN", "not significant for workspace", "waiting dqm gui")


def test_the_act_says_what_appeared(registry: Engine) -> None:
    look(registry, ZERO_BIAS)
    with transaction(registry) as session:
        last = session.execute(text('SELECT "by", kind, why FROM change_set ORDER BY id DESC LIMIT 1')).one()
    assert tuple(last) == ("dqm gui", "ingest", f"appeared in the DQM GUI: {ZERO_BIAS}")


def test_looked_at_again_nothing_is_said(registry: Engine) -> None:
    look(registry, ZERO_BIAS)
    with transaction(registry) as session:
        before = acts(session)
    assert look(registry, ZERO_BIAS) == GuiLook()
    with transaction(registry) as session:
        assert acts(session) == before


def test_further_names_are_appended(registry: Engine) -> None:
    look(registry, ZERO_BIAS)
    assert look(registry, ZERO_BIAS, V2, MUON) == GuiLook(datasets=1, links=2)
    assert links(registry) == [MUON, ZERO_BIAS, V2]


@pytest.mark.parametrize("state", [DatasetState.OPEN, DatasetState.SIGNOFF, DatasetState.COMPLETED])
def test_what_people_moved_stays(registry: Engine, state: DatasetState) -> None:
    move(registry, "tracker", state)
    look(registry, ZERO_BIAS)
    assert desks(registry)["tracker"] == state


def test_what_people_moved_back_to_waiting_goes_on_waiting_and_is_not_spoken_of_at_each_look(registry: Engine) -> None:
    move(registry, "tracker", DatasetState.WAITING)
    look(registry, ZERO_BIAS)
    assert look(registry, ZERO_BIAS) == GuiLook()
    assert desks(registry)["tracker"] == "waiting dqm gui"


def test_where_a_persons_move_is_undone_the_rule_decides(registry: Engine) -> None:
    moved = move(registry, "tracker", DatasetState.WAITING)
    look(registry, ZERO_BIAS)
    with transaction(registry) as session:
        undo(session, moved, by="J. Novak", why="a slip")
    look(registry, ZERO_BIAS)
    assert desks(registry)["tracker"] == "OPEN"


def test_a_sign_off_is_undone_and_redone_with_what_the_gui_said_of_its_datasets(registry: Engine) -> None:
    with transaction(registry) as session:
        accept(session, EXPRESS, "/StreamExpress/")
        word = RunSaid(RUN, {"run_class": "Collisions18"}, Origin.RULE)
        record(session, Act(by="rule", why="class", kind=ActKind.CLASSIFY, runs=(word,)))
        sign_off(session)
        signed_off = latest_change(session).change_set
    key = DatasetKey(RUN, EXPRESS)
    look(registry, "/StreamExpress/Run2018D-Express-v1/DQMIO")
    with transaction(registry) as session:
        undone = undo(session, signed_off, by="S. Tanaka", why="too early")
        assert EXPRESS not in names_of(session)
    assert look(registry, "/StreamExpress/Run2018D-Express-v1/DQMIO") == GuiLook()
    with transaction(registry) as session:
        undo(session, undone.change_set, by="S. Tanaka", why="it was not")
    assert links(registry, key) == ["/StreamExpress/Run2018D-Express-v1/DQMIO"]
    assert desks(registry, key)["dt"] == "waiting dqm gui"


def test_a_rule_that_comes_later_decides_for_who_still_waits(registry: Engine) -> None:
    look(registry, ZERO_BIAS)
    with transaction(registry) as session:
        rule(session, "csc", {"==": [1, 1]})
    assert look(registry, ZERO_BIAS) == GuiLook(datasets=1, opened=1)
    assert desks(registry)["csc"] == "OPEN"


def test_a_rule_that_is_out_of_play_leaves_the_workspace_waiting(registry: Engine) -> None:
    with transaction(registry) as session:
        rule(session, "csc", {"==": [1, 1]}, is_enabled=False)
    look(registry, ZERO_BIAS)
    assert desks(registry)["csc"] == "waiting dqm gui"


def test_a_hidden_dataset_stays_hidden_and_untouched_until_it_is_shown(registry: Engine) -> None:
    word = DatasetSaid(KEY, {"hidden": True}, Origin.PERSON)
    with transaction(registry) as session:
        hidden = record(session, Act(by="J. Novak", why="hidden", kind=ActKind.DATASET, datasets=(word,)))
    assert look(registry, ZERO_BIAS) == GuiLook()
    with transaction(registry) as session:
        undo(session, hidden.change_set, by="J. Novak", why="shown")
    assert look(registry, ZERO_BIAS).opened == 1


@pytest.mark.parametrize("why_not", ["range", "switched off", "another run", "another name"])
def test_only_what_is_accepted_is_linked(registry: Engine, why_not: str) -> None:
    with transaction(registry) as session:
        if why_not in ("range", "switched off"):
            is_enabled = why_not == "range"
            accept(session, PROMPT, "/ZeroBias/", run_to=RUN - 1 if is_enabled else RUN, is_enabled=is_enabled)
    name = "/Tau/Run2018D-PromptReco-v1/DQMIO" if why_not == "another name" else ZERO_BIAS
    assert look(registry, name, run_number=RUN + 1 if why_not == "another run" else RUN) == GuiLook()


def test_a_run_that_cannot_be_judged_is_named_and_holds_up_nobody_else(registry: Engine) -> None:
    with transaction(registry) as session:
        a_run(session, RUN + 1, components=["part"] * 200)
        a_dataset(session, RUN + 1, state=DatasetState.WAITING)
        parts = {"var": "Run.oms_attributes.components"}
        costly = {"some": [["part"] * 200, {"some": [["part"] * 200, {"==": [1, 2]}]}]}
        rule(session, "ecal", {"some": [parts, costly]})
    found = link_listed(registry, [Entry(RUN + 1, ZERO_BIAS), Entry(RUN, ZERO_BIAS)])
    assert desks(registry)["tracker"] == "OPEN"
    assert list(found.failures) == [RUN + 1]
    assert links(registry, DatasetKey(RUN + 1, PROMPT)) == []


def test_the_job_asks_the_gui_and_tells_what_it_brought(registry: Engine) -> None:
    listing = {"samples": [{"type": "offline_data", "items": [{"run": str(RUN), "dataset": ZERO_BIAS}]}]}
    report = tick(registry, httpx.Response(200, json=listing))
    assert report.ending is Ending.OK
    assert report.sentence == (
        "The DQM GUI lists 1: 1 new links of 1 datasets, opened 1 times, not significant 1 times."
    )
    assert tick(registry, httpx.Response(200, json=listing)).sentence == "The DQM GUI lists 1: nothing new."


def test_a_gui_that_lists_nothing_changes_nothing(registry: Engine) -> None:
    assert tick(registry, httpx.Response(200, json={"samples": []})).sentence == "The DQM GUI lists 0: nothing new."


def test_where_no_dataset_waits_the_gui_is_not_asked(engine: Engine) -> None:
    ensure_defaults(engine)
    assert "no dataset yet" in tick(engine, httpx.Response(500)).sentence


def tick(engine: Engine, answer: httpx.Response) -> Report:
    network = httpx.MockTransport(lambda request: answer)
    settings = Settings(dqm_gui_url="http://127.0.0.1:1/dqm", dqm_gui_timeout_seconds=1)
    return looking_at_the_gui(settings, network=network)(Tick(engine))
