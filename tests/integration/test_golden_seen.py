"""What was seen where a recipe does not keep what another JSON holds."""

from sqlalchemy import Engine

from backend.db import transaction
from backend.golden.seen import seen_where_rejected
from backend.golden.selection import select
from backend.rules import parse
from models.lumi_json import GoldenJson
from tests.integration.test_golden_why_not import PROMPT, RULE, RUN, arrange


def test_what_failed_is_said_as_people_say_it_range_by_range(engine: Engine) -> None:
    with transaction(engine) as session:
        arrange(session)
    other = GoldenJson.of_ranges([(RUN, 1, 4), (RUN, 6, 20), (RUN + 1, 1, 5)])
    found = seen_where_rejected(select(engine, RULE, datasets="/Prompt%"), other)
    assert found.select("run_number", "name", "ranges", "lumisections", "seen").sort("ranges").rows() == [
        (RUN, PROMPT, "1", 1, ["recorded 0.1"]),
        (RUN, PROMPT, "4", 1, ["tracker-strip BAD"]),
        (RUN, PROMPT, "6", 1, ["tracker-strip BAD", "tecp_ready false"]),
        (RUN, PROMPT, "7–10", 4, ["tecp_ready false"]),
    ]


def test_numbers_absences_and_facts_that_stand_in_two_clauses_are_each_said_once(engine: Engine) -> None:
    with transaction(engine) as session:
        arrange(session)
    rule = parse(
        {
            "and": [
                {"<": [{"var": "run.oms.energy"}, 6000]},
                {"!=": [{"var": "run.oms.energy"}, 6500]},
                {"==": [{"var": "run.oms.b_field"}, 3.8]},
                {"in": ["DT", {"var": "run.oms.components"}]},
            ]
        }
    )
    found = seen_where_rejected(select(engine, rule, datasets="/Prompt%"), GoldenJson.of_ranges([(RUN, 3, 4)]))
    assert found.select("ranges", "seen").rows() == [
        ("3–4", ["energy 6500", "b_field unknown", "components unknown"]),
    ]


def test_what_is_kept_or_was_not_asked_about_is_left_out(engine: Engine) -> None:
    with transaction(engine) as session:
        arrange(session)
    selection = select(engine, parse({"==": [{"var": "run.oms.energy"}, 6500]}), datasets="/Prompt%")
    assert seen_where_rejected(selection, GoldenJson.of_ranges([(RUN, 1, 10), (7, 1, 3)])).is_empty()
