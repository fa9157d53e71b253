"""The causes that a fresh registry offers: once, for every workspace, and never over what people changed."""

from sqlalchemy import Engine

from backend.configuration import Cause, CausesBody, Side, causes, configure, ensure_defaults, workspaces
from backend.configuration.defaults_causes import ensure_default_causes
from backend.db import transaction
from backend.queries import latest_change
from models.vocabulary import ConfigurationKind
from scripts.simulator.verdicts import CATALOGUE
from tests.certifying import at_once

CAUSE = ConfigurationKind.CAUSE


def test_every_workspace_of_a_fresh_registry_offers_causes_with_what_is_meant(engine: Engine) -> None:
    ensure_defaults(engine)
    assert ensure_default_causes(engine)
    with transaction(engine) as session:
        desks = {w.workspace for side in Side for w in workspaces(session, side)} - {"global"}
        offered = {desk: causes(session, desk) for desk in desks}
    assert all(offered.values())
    assert all(cause.meaning for own in offered.values() for cause in own)


def test_what_the_season_says_is_bad_has_a_cause_that_its_workspace_offers(engine: Engine) -> None:
    ensure_default_causes(engine)
    with transaction(engine) as session:
        for component, cause in CATALOGUE:
            assert cause in [known.word for known in causes(session, component.partition("-")[0])]


def test_they_are_written_once_and_never_over_what_people_changed(engine: Engine) -> None:
    with transaction(engine) as session:
        body = CausesBody(causes=(Cause(word="HV trip"),))
        configure(session, CAUSE, name="tracker", body=body, by="A. Petrov", why="ours")
        configure(session, CAUSE, name="dt", body=body, by="A. Petrov", why="ours")
        configure(session, CAUSE, name="dt", body=None, by="A. Petrov", why="none")
    assert ensure_default_causes(engine)
    with transaction(engine) as session:
        before = latest_change(session).change_set
        assert [cause.word for cause in causes(session, "tracker")] == ["HV trip"]
        assert causes(session, "dt") == ()
    assert not ensure_default_causes(engine)
    with transaction(engine) as session:
        assert latest_change(session).change_set == before


def test_processes_that_start_at_once_write_them_once(engine: Engine) -> None:
    assert at_once(engine, *([lambda session: ensure_default_causes(engine)] * 3)) == ["done"] * 3
    with transaction(engine) as session:
        assert latest_change(session).change_set == 1
