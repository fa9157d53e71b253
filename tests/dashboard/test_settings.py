"""Settings without a browser: what is listed, tried, saved and refused, and what one who may not is told."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from backend.access import Action, demo_actor
from backend.access.egroups import CERTIFIERS, ON_CALL
from backend.certify.accepted import AcceptedDatasetBody, accepted_datasets, write_accepted_dataset
from backend.certify.taking_back import take_back
from backend.configuration import configure, ensure_defaults, rights
from backend.db import transaction
from backend.jobs.tasks import ask
from backend.queries import latest_change
from backend.queries.work import tasks
from models.vocabulary import ConfigurationKind
from tests.pages import button, open_page, refused, speaking_to, told

NAME = "/PromptReco/Collisions2018D/DQM"
EGROUP = "cms-dqm-runregistry-admins-tracker"


@pytest.fixture(autouse=True)
def registry(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A registry with its defaults and one accepted dataset; the DQM GUI does not answer there, however soon asked."""
    monkeypatch.setattr("backend.ingest.transport._pause_before_next", lambda state: 0)
    ensure_defaults(engine)
    body = AcceptedDatasetBody(
        name=NAME, run_class="Collisions18", patterns=("^/ZeroBias/Run2018D",), run_from=320_394, run_to=339_999
    )
    with transaction(engine) as session:
        write_accepted_dataset(session, demo_actor("dc-expert"), name=NAME, body=body, why="era D", seen=None)
    url = engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with speaking_to(url, RR_DQM_GUI_URL="http://127.0.0.1:9", RR_DQM_GUI_TIMEOUT_SECONDS="1"):
        yield


def field(app: AppTest, label: str) -> AppTest:
    return next(f for f in [*app.text_input, *app.text_area, *app.number_input] if f.label == label)


def captions(app: AppTest) -> list[str]:
    return [caption.value for caption in app.caption]


def test_one_who_may_not_sees_the_form_locked_with_the_egroup_that_may() -> None:
    app = open_page("settings", role="shifter", name=NAME)
    assert not app.exception
    assert field(app, "Class").disabled
    assert button(app, "Save").disabled and button(app, "New").disabled
    assert any("cms-dqm-runregistry-data-certification" in said for said in captions(app))


def test_patterns_are_tried_before_they_are_saved() -> None:
    app = open_page("settings", role="dc-expert", name=NAME)
    assert "Try the patterns first." in captions(app)
    field(app, "Patterns, one per line").set_value("^/ZeroBias/(Run2018D").run()
    button(app, "Try against the DQM GUI").click().run()
    assert button(app, "Save").disabled


def test_a_gui_that_does_not_answer_is_a_sentence_and_hinders_nobody(engine: Engine) -> None:
    app = open_page("settings", role="dc-expert", name=NAME)
    field(app, "Patterns, one per line").set_value("^/ZeroBias/Run2018D\n^/Cosmics/Run2018D").run()
    field(app, "Why").set_value("cosmics too").run()
    button(app, "Try against the DQM GUI").click().run(timeout=60)
    assert any("DQM GUI" in warning.value for warning in app.warning)
    button(app, "Save").click().run()
    assert not app.exception
    assert told(app) == f"{NAME} is accepted as written"
    with transaction(engine) as session:
        assert accepted_datasets(session)[NAME].body.patterns == ("^/ZeroBias/Run2018D", "^/Cosmics/Run2018D")


def test_an_accepted_dataset_goes_out_of_play_only_with_a_reason(engine: Engine) -> None:
    app = open_page("settings", role="dc-expert", name=NAME)
    assert button(app, "Accept no more").disabled
    field(app, "Why").set_value("the era is over").run()
    button(app, "Accept no more").click().run()
    assert told(app) == f"{NAME} is accepted no more"
    with transaction(engine) as session:
        assert not accepted_datasets(session)[NAME].is_enabled


def test_who_saves_over_what_somebody_wrote_meanwhile_is_told_and_keeps_what_was_typed(engine: Engine) -> None:
    app = open_page("settings", role="admin", tab="Permissions", name=EGROUP)
    field(app, "Rights, one per line").set_value("undo").run()
    field(app, "Why").set_value("less").run()
    with transaction(engine) as session:
        body = {"grants": ["undo", "run.class"]}
        configure(session, ConfigurationKind.PERMISSION, name=EGROUP, body=body, by="M. Rossi", why="more")
    button(app, "Save").click().run()
    assert "M. Rossi" in refused(app)
    assert any("M. Rossi changed this" in warning.value for warning in app.warning)
    assert field(app, "Rights, one per line").value == "undo"
    button(app, "Look again").click().run()
    assert field(app, "Rights, one per line").value == "undo\nrun.class"


def test_ones_own_undo_opens_the_form_anew_unless_something_is_typed(engine: Engine) -> None:
    app = open_page("settings", role="admin", tab="Permissions", name=EGROUP)
    before = field(app, "Rights, one per line").value
    field(app, "Rights, one per line").set_value("undo").run()
    field(app, "Why").set_value("less").run()
    button(app, "Save").click().run()
    with transaction(engine) as session:
        undone = take_back(session, demo_actor("admin"), latest_change(session).change_set)
    app.run()
    assert not app.warning
    assert field(app, "Rights, one per line").value == before
    field(app, "Why").set_value("as I said").run()
    with transaction(engine) as session:
        take_back(session, demo_actor("admin"), undone.change_set)
    app.run()
    assert [warning.value.partition(" since")[0] for warning in app.warning] == ["You changed this"]
    assert field(app, "Why").value == "as I said"
    button(app, "Look again").click().run()
    assert field(app, "Rights, one per line").value == "undo"
    assert not app.warning


def test_a_change_of_rights_says_what_is_given_and_taken_and_is_saved(engine: Engine) -> None:
    app = open_page("settings", role="admin", tab="Permissions", name=EGROUP)
    assert "Nothing is changed yet." in captions(app)
    grants = field(app, "Rights, one per line")
    grants.set_value(grants.value.replace("undo", "run.class")).run()
    assert any("<b>given</b> run.class" in html.proto.body for html in app.get("html"))
    field(app, "Why").set_value("they asked").run()
    button(app, "Save").click().run()
    with transaction(engine) as session:
        matrix = rights(session)
    assert (EGROUP, Action.RUN_CLASS, None) in matrix
    assert (EGROUP, Action.UNDO, None) not in matrix


def test_a_right_that_there_is_not_is_refused_while_it_is_typed() -> None:
    app = open_page("settings", role="admin", tab="Permissions", name=EGROUP)
    field(app, "Rights, one per line").set_value("run.klass").run()
    assert "run.class" in app.error[0].value
    assert button(app, "Save").disabled


def test_who_may_do_something_is_answered() -> None:
    app = open_page("settings", role="visitor", tab="Permissions")
    app.selectbox(key="action").select(Action.FLAGS).run()
    app.selectbox(key="where").select("ecal").run()
    answer = next(h.proto.body for h in app.get("html") if "rr-answer" in h.proto.body)
    assert "offline-ecal-certifiers" in answer and "offline-tracker-certifiers" not in answer


def test_what_somebody_in_some_egroups_may_is_tried_without_being_in_them() -> None:
    app = open_page("settings", role="visitor", tab="Permissions")
    app.multiselect(key="rights-tried").set_value([ON_CALL, CERTIFIERS["ecal"]]).run()
    answer = next(h.proto.body for h in app.get("html") if "rr-tried" in h.proto.body)
    assert ">run.class<" in answer and ">flags: ecal<" in answer and ">run.flags everywhere<" in answer


def test_a_back_fill_is_asked_for_and_cancelled(engine: Engine) -> None:
    app = open_page("settings", role="on-call", tab="Jobs and tasks")
    assert button(app, "Start the back-fill").disabled
    app.number_input(key="backfill-first").set_value(325_000).run()
    app.number_input(key="backfill-last").set_value(325_175).run()
    button(app, "Start the back-fill").click().run()
    assert not app.exception
    with transaction(engine) as session:
        (task,) = tasks(session)
    assert (task.arguments, task.asked_by) == ({"first": 325_000, "last": 325_175}, "K. Ito")
    button(app, f"Cancel task {task.id}").click().run()
    assert told(app) == f"Task {task.id} is cancelled"


def test_a_back_fill_that_cannot_be_is_a_sentence() -> None:
    app = open_page("settings", role="on-call", tab="Jobs and tasks")
    app.number_input(key="backfill-first").set_value(9).run()
    app.number_input(key="backfill-last").set_value(3).run()
    button(app, "Start the back-fill").click().run()
    assert "lies before the first" in app.error[0].value


def test_somebody_elses_task_is_cancelled_only_with_the_right(engine: Engine) -> None:
    with transaction(engine) as session:
        number = ask(session, "backfill", {"first": 1, "last": 2}, by="K. Ito")
    for role, is_locked in (("tracker-certifier", True), ("on-call", False), ("dc-expert", False)):
        app = open_page("settings", role=role, tab="Jobs and tasks", task=str(number))
        assert button(app, f"Cancel task {number}").disabled is is_locked


@pytest.mark.parametrize("tab", ["Accepted datasets", "Workspaces", "Causes", "Permissions", "Jobs and tasks", "x"])
def test_an_address_that_names_what_is_not_there_shows_the_list(tab: str) -> None:
    assert not open_page("settings", role="visitor", tab=tab, name="nothing", task="x", job="none").exception
