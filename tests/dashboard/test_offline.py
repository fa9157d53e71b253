"""The Offline page without a browser: what agrees, what is said in Python, where links lead, and its sentences."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import parse_qs, unquote, urlparse

import pytest
from streamlit.testing.v1 import AppTest

from backend.access import demo_actor
from backend.certify.cycles import create_cycle
from backend.db import engine, engine_for, transaction
from backend.embedded import Embedded
from backend.errors import InvalidFilter
from backend.queries import DATASETS, datasets_page, parse_filter
from dashboard.offline.agreement import express_says, nothing_odd
from dashboard.offline.links import links_of_dataset, links_of_table
from dashboard.offline.preview import bar_html
from dashboard.offline.python_call import client_filter, python_call
from dashboard.offline.sheets import key_of, row_id
from models.vocabulary import Status
from tests.certified_season import open_datasets, sign_off_runs
from tests.conftest import a_season
from tests.pages import open_page, speaking_to

COMPONENTS = ["tracker-strip", "tracker-pixel"]
ALL_GOOD = {name: {Status.GOOD: 90} for name in COMPONENTS}


def test_express_agrees_where_neither_says_bad_and_standby_is_no_reason_to_look() -> None:
    own = {"tracker-strip": {Status.NOTSET: 90}, "tracker-pixel": {Status.GOOD: 80, Status.STANDBY: 10}}
    assert nothing_odd(own, ALL_GOOD, COMPONENTS)


@pytest.mark.parametrize("status", [Status.BAD, Status.EXCLUDED])
def test_one_bad_lumisection_on_either_side_is_something_to_look_at(status: Status) -> None:
    odd = {**ALL_GOOD, "tracker-strip": {Status.GOOD: 89, status: 1}}
    assert not nothing_odd(odd, ALL_GOOD, COMPONENTS)
    assert not nothing_odd(ALL_GOOD, odd, COMPONENTS)


def test_express_does_not_agree_before_it_has_spoken_of_every_component() -> None:
    assert not nothing_odd(ALL_GOOD, {"tracker-strip": {Status.GOOD: 90}}, COMPONENTS)
    assert not nothing_odd({}, {}, [])


def test_a_detector_that_is_out_of_the_whole_run_in_both_is_nothing_to_look_at() -> None:
    out = {"gem-gem": {Status.EXCLUDED: 90}}
    assert nothing_odd({**ALL_GOOD, **out}, {**ALL_GOOD, **out}, [*COMPONENTS, "gem-gem"])
    assert not nothing_odd({**ALL_GOOD, "gem-gem": {Status.GOOD: 90}}, {**ALL_GOOD, **out}, [*COMPONENTS, "gem-gem"])


def test_a_column_where_bad_means_keep_is_no_reason_to_look() -> None:
    kept = {"dc-lowlumi": {Status.BAD: 90}}
    assert nothing_odd({**ALL_GOOD, **kept}, {**ALL_GOOD, **kept}, [*COMPONENTS, "dc-lowlumi"])
    assert express_says({**ALL_GOOD, **kept}, [*COMPONENTS, "dc-lowlumi"]) == (Status.GOOD, "GOOD")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("run > 325000", {"run_number": {">": 325000}}),
        ("run in 1, 7-9", {"or": [{"run_number": {"=": 1}}, {"run_number": {"and": [{">=": 7}, {"<=": 9}]}}]}),
        ("dataset like %Prompt%", {"name": {"like": "%Prompt%"}}),
        ("dataset contains Prompt", {"name": {"like": "%Prompt%"}}),
        ("state.tracker = OPEN", {"dataset_attributes.tracker_state": {"=": "OPEN"}}),
        ("class is null", {"rr_attributes.class": {"=": None}}),
        ("tracker-strip BAD > 5", {"triplet_summary.tracker-strip.BAD": {">": 5}}),
        ("tracker-strip no BAD", {"triplet_summary.tracker-strip.BAD": {"=": 0}}),
        ("fill = 7328", {"oms_attributes.fill_number": {"=": 7328}}),
        ("oms.era = RunD", {"oms_attributes.era": {"=": "RunD"}}),
    ],
)
def test_a_filter_is_said_as_clients_write_it(text: str, said: dict[str, object]) -> None:
    assert client_filter(parse_filter(text, DATASETS), DATASETS) == said


def test_and_and_or_nest_as_they_do_on_the_page() -> None:
    asked = parse_filter("run > 1 and (state.tracker = OPEN or tracker-strip BAD)", DATASETS)
    said = client_filter(asked, DATASETS)
    assert list(said) == ["and"]
    assert list(said["and"][1]) == ["or"]


def test_the_call_is_a_program_that_python_reads() -> None:
    program = python_call(parse_filter("class is null and run > 1", DATASETS), DATASETS)
    compile(program, "call", "exec")
    assert "ignore_filter_transformation=True" in program


def test_what_the_client_has_no_word_for_is_named() -> None:
    with pytest.raises(InvalidFilter, match="no word for the DCS bit bpix_ready"):
        client_filter(parse_filter("bpix_ready false", DATASETS), DATASETS)
    with pytest.raises(InvalidFilter, match="no word for Comments"):
        client_filter(parse_filter("comments contains trip", DATASETS), DATASETS)


def test_a_dataset_leads_to_each_name_that_the_gui_knows_it_by() -> None:
    links = dict(links_of_dataset(325175, ["/A/B/DQMIO", "/A/C/DQMIO"]))
    assert list(links) == ["GUI 1", "new 1", "GUI 2", "new 2", "online", "OMS", "HDQM"]
    assert links["GUI 1"].endswith("runnr=325175;dataset=/A/B/DQMIO")


def test_the_whole_filter_is_one_value_of_the_address_of_another_system() -> None:
    address = links_of_table({"and": [{"run_number": {">": 1}}, {"name": {"like": "%A&B%"}}]})[0][1]
    (value,) = parse_qs(urlparse(address).query)["filterValue"]
    assert unquote(value).startswith("and[0][run_number][>]=1&and[1][name][like]=")


def test_an_id_names_run_and_dataset_whatever_is_in_the_name() -> None:
    key = key_of("325175:/Express/Collisions2018/DQM")
    assert (key.run_number, key.name) == (325175, "/Express/Collisions2018/DQM")
    assert row_id(key) == "325175:/Express/Collisions2018/DQM"


def test_a_bar_says_in_words_what_it_draws_the_worst_first() -> None:
    bar = bar_html({Status.GOOD: 90, Status.BAD: 10, None: 0})
    assert 'aria-label="10 BAD, 90 GOOD"' in bar
    assert bar.index('class="bad"') < bar.index('class="good"')


@pytest.fixture(scope="module")
def certified_url(postgresql: Embedded) -> Iterator[str]:
    """A registry with ten runs signed off, their datasets open but for two that wait."""
    with a_season(postgresql, most=20) as url:
        on = engine_for(url)
        sign_off_runs(on, most=10)
        open_datasets(on, leave_waiting=2)
        on.dispose()
        yield url


@pytest.fixture
def registry(certified_url: str) -> Iterator[None]:
    """This process speaks to that registry, as the demo would."""
    with speaking_to(certified_url):
        yield


def offline(role: str = "dc-expert", **query: str) -> AppTest:
    """The page as this role sees it."""
    return open_page("offline", role=role, **query)


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("listed", ["editable", "waiting", "aside", "hidden"])
@pytest.mark.parametrize("columns", ["flags", "states"])
def test_every_list_opens_with_components_and_with_states(listed: str, columns: str) -> None:
    app = offline(workspace="tracker", list=listed, columns=columns)
    assert not app.exception
    assert not app.error


@pytest.mark.usefixtures("registry")
def test_the_global_desk_opens_and_one_that_does_not_exist_is_the_global_one() -> None:
    assert not offline(workspace="global").exception
    assert not offline(workspace="nonsense").exception


@pytest.mark.usefixtures("registry")
def test_who_may_not_certify_here_sees_it_before_the_click() -> None:
    app = offline("visitor", workspace="tracker")
    good = app.button(key="offline-set-good")
    assert good.disabled
    assert "cms-dqm-runregistry-offline-tracker-certifiers" in good.help


@pytest.mark.usefixtures("registry")
def test_a_filter_that_cannot_be_read_is_a_sentence() -> None:
    app = offline(workspace="tracker", filter="dataset >")
    assert not app.exception
    assert len(app.error) == 1


@pytest.mark.usefixtures("registry")
def test_the_call_in_python_names_the_states_of_the_list() -> None:
    app = offline(workspace="tracker", list="waiting")
    programs = [code.value for code in app.code if "get_datasets" in code.value]
    assert len(programs) == 1
    assert "dataset_attributes.tracker_state" in programs[0]
    assert "waiting dqm gui" in programs[0]


@pytest.mark.usefixtures("registry")
def test_a_cycle_narrows_the_list_to_its_datasets_and_says_how_far_it_is() -> None:
    with transaction(engine()) as session:
        ids = [row.id for row in datasets_page(session, workspace="tracker", limit=3).rows]
        create_cycle(
            session,
            demo_actor("dc-expert"),
            name="week 43",
            deadline=date(2026, 12, 4),
            ids=ids,
            desks=["global", "tracker"],
        )
    app = offline(workspace="tracker")
    (choice,) = (box for box in app.selectbox if box.label == "Cycle")
    assert choice.options == ["No cycle", "week 43 · due Fri 04 Dec"]
    app = offline(workspace="tracker", cycle="1")
    assert not app.exception
    (scope,) = app.radio
    assert scope.options == ["the 0 ticked", "all 3 of the filter"]
    assert any("of 3 done" in html.value for html in app.get("html"))
