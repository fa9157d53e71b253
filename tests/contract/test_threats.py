"""What somebody might send to get elsewhere: names that climb, orders and filters that are SQL, rules without end."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.access import demo_actor
from backend.classify.commands import NEVER, write_classifier
from backend.db import transaction
from backend.errors import InvalidInput, InvalidRule, NotFound
from backend.golden.uploading import keep_upload
from backend.queries import Sort, runs_page
from backend.queries.golden_jsons import golden_json_facts
from backend.start import make_ready
from models.vocabulary import ConfigurationKind

ADMIN = demo_actor("admin")
QUOTES = ("run_number; DROP TABLE run", 'run_number"', "run_number--", "(SELECT 1)", "oms.x' OR 1=1", "%(x)s", "\\")


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..\\..\\boot.json", "/etc/passwd.json", "a/../../b.json", "....//x.json", ".htaccess.json"],
)
def test_a_name_that_climbs_stays_where_it_is(client: TestClient, engine: Engine, name: str) -> None:
    with transaction(engine) as session:
        id_ = keep_upload(session, ADMIN, '{"1": [[1, 2]]}', came_as=name)
        kept = golden_json_facts(session, id_).file_name
    assert not set("/\\:") & set(kept)
    assert not kept.startswith(".")
    assert client.get(f"/golden/{id_}/{kept}").status_code == 200
    for climbing in ("..%2F..%2Fetc%2Fpasswd", "%2e%2e/%2e%2e/etc/passwd", "....//json", "..%5cjson"):
        assert client.get(f"/golden/{id_}/{climbing}").status_code == 404


@pytest.mark.parametrize("order", QUOTES)
def test_an_order_that_is_sql_is_no_order(session: Session, order: str) -> None:
    with pytest.raises((InvalidInput, NotFound)):
        runs_page(session, sort=[Sort(order, True)])
    assert session.execute(text("SELECT count(*) FROM run")).scalar_one() == 0


def test_orders_and_filters_that_are_sql_are_refused_by_the_api(client: TestClient, engine: Engine) -> None:
    make_ready(engine)
    for word in QUOTES:
        asked: dict[str, Any] = {"page": 0, "page_size": 5, "sortings": [{"id": word, "desc": True}], "filter": {}}
        assert client.post("/runs_filtered_ordered", json=asked).status_code == 400, word
        asked = {"page": 0, "page_size": 5, "sortings": [], "filter": {word: {"=": "x"}}}
        assert client.post("/runs_filtered_ordered", json=asked).status_code == 400, word


def _deep(levels: int) -> Any:
    rule: Any = True
    for _ in range(levels):
        rule = {"!": [rule]}
    return rule


@pytest.mark.parametrize("rule", [_deep(400), {"and": [True] * 200_000}], ids=["deep", "wide"])
def test_a_rule_without_end_is_refused_in_a_sentence_and_not_kept(engine: Engine, rule: Any) -> None:
    make_ready(engine)
    body = {"run_class": "Endless", "priority": 1, "rule": rule}
    with transaction(engine) as session:
        before = session.execute(text("SELECT count(*) FROM configuration_change")).scalar_one()
        with pytest.raises((InvalidRule, InvalidInput)) as told:
            write_classifier(
                session, ADMIN, ConfigurationKind.RUN_CLASS, name="Endless", body=body, why="a test", seen=NEVER
            )
        assert session.execute(text("SELECT count(*) FROM configuration_change")).scalar_one() == before
    assert len(str(told.value)) < 500
