"""Where Express agrees: ticked in the whole filter, whatever page one looks at, with as many as there are."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.record import Act, DatasetKey, DatasetSaid, LumisectionSaid, columns_by_name, record
from dashboard.offline.preview import TICKED
from models.lumis import LumiRange
from models.vocabulary import ActKind, DatasetState, Origin, Status
from tests.factories import a_run
from tests.pages import open_page, speaking_to

PROMPT, EXPRESS = "/PromptReco/Collisions2018D/DQM", "/Express/Collisions2018/DQM"
COMPONENTS = ("tracker-track", "tracker-pixel", "tracker-strip")
RUNS = range(325_001, 325_061)
ODD = frozenset(RUNS[10:15])
CLOSED = frozenset(RUNS[-2:])


@pytest.fixture(autouse=True)
def registry(engine: Engine) -> Iterator[None]:
    """Sixty runs with Express and Prompt: GOOD but for five with a BAD in Express; two are signed off."""
    ensure_defaults(engine)
    with transaction(engine) as session:
        numbers = columns_by_name(session)
        columns = tuple(numbers[name].id for name in COMPONENTS)
        keys = [DatasetKey(run, name) for run in RUNS for name in (PROMPT, EXPRESS)]
        for run in RUNS:
            a_run(session, run)
        flags = [LumisectionSaid(key, columns, LumiRange(1, 100), Status.GOOD, Origin.RULE) for key in keys]
        flags += [
            LumisectionSaid(DatasetKey(run, EXPRESS), columns[:1], LumiRange(7, 7), Status.BAD, Origin.PERSON)
            for run in ODD
        ]
        states = {
            key: DatasetState.SIGNOFF if key.run_number in CLOSED else DatasetState.OPEN for key in keys
        }  # closed ones are asked nothing any more
        said = [DatasetSaid(key, {"state.tracker": state.value}, Origin.RULE) for key, state in states.items()]
        act = Act("x", "arranged", ActKind.DATASET, new_datasets=keys, datasets=said, lumisections=flags)
        record(session, act)
    with speaking_to(engine.url.render_as_string(hide_password=False).replace("+psycopg", "")):
        yield


def expected(*names: str) -> set[str]:
    return {f"{run}:{name}" for run in RUNS for name in names if run not in ODD | CLOSED}


def test_of_more_than_a_page_the_key_ticks_all_of_the_filter() -> None:
    app = open_page("offline", role="tracker-certifier", workspace="tracker")
    assert not app.exception
    button = app.button(key="offline-tick-e")
    assert button.label == "Express agrees, of all 120"
    button.click().run()
    assert app.session_state[TICKED] == expected(PROMPT, EXPRESS)
    assert any("<b>106</b><span>datasets</span>" in html.proto.body for html in app.get("html"))


def test_of_what_a_page_holds_it_says_how_many_beforehand_and_ticks_those() -> None:
    app = open_page("offline", role="tracker-certifier", workspace="tracker", filter="dataset like %Prompt%")
    button = app.button(key="offline-tick-e")
    assert button.label == "Express agrees (53)"
    button.click().run()
    assert app.session_state[TICKED] == expected(PROMPT)
