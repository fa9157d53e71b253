"""Golden JSONs by ``/v2``: listed, told, given as files, and what each lost."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.api.v2 import shapes
from backend.db import transaction
from backend.golden.making import make
from backend.golden.uploading import keep_upload
from tests.golden import PROMPT, RUNS
from tests.golden_kept import ALICE, BOB, STRIP_GOOD, a_registry, strip_is_bad


@pytest.fixture
def kept(client: TestClient, engine: Engine) -> tuple[int, ...]:
    """One made, of which two lumisections are lost, and two uploads."""
    on = a_registry(engine)
    with transaction(engine) as session:
        strip_is_bad(session, on, RUNS[0], of=(2, 3))
    made = make(engine, ALICE, rule=STRIP_GOOD, pattern=PROMPT)
    with transaction(engine) as session:
        uploads = tuple(keep_upload(session, BOB, f'{{"{run}": [[1, 2]]}}') for run in RUNS)
    return made, *uploads


def test_golden_jsons_are_listed_latest_first_and_page_by_page(client: TestClient, kept: tuple[int, ...]) -> None:
    first = client.get("/v2/golden-jsons", params={"limit": 2})
    page = shapes.GoldenJsonsPage.model_validate(first.json())
    assert [one.id for one in page.golden_jsons] == [kept[2], kept[1]]
    rest = client.get(first.json()["next"]).json()
    assert ([one["id"] for one in rest["golden_jsons"]], rest["next"]) == ([kept[0]], None)
    of_alice = client.get("/v2/golden-jsons", params={"made_by": ALICE.name}).json()["golden_jsons"]
    assert [one["id"] for one in of_alice] == [kept[0]]
    assert client.get("/v2/golden-jsons", params={"official": True}).json()["golden_jsons"] == []
    assert client.get("/v2/golden-jsons", params={"after": "x"}).status_code == 400


def test_one_tells_what_gives_it_again_and_its_files_lead_somewhere(client: TestClient, kept: tuple[int, ...]) -> None:
    answer = client.get(f"/v2/golden-jsons/{kept[0]}").json()
    told = shapes.OneGoldenJson.model_validate(answer)
    assert (told.rule, told.pattern, told.datasets) == (STRIP_GOOD, PROMPT, [(run, PROMPT) for run in RUNS])
    for link in told.files.values():
        assert client.get(link).status_code == 200
    assert client.get(told.files["json"]).json()[str(RUNS[0])][0] == [1, 1]
    assert client.get("/v2/golden-jsons/99").status_code == 404


def test_what_one_lost_adds_up(client: TestClient, kept: tuple[int, ...]) -> None:
    losses = shapes.Losses.model_validate(client.get(f"/v2/golden-jsons/{kept[0]}/losses").json())
    assert losses.lost.lumisections == 2
    assert sum(of["exclusive_lumisections"] for of in losses.by_category) == 2
    assert [clause["inclusive_lumisections"] for clause in losses.by_clause] == [2]
    answer = client.get(f"/v2/golden-jsons/{kept[1]}/losses")
    assert (answer.status_code, "was uploaded" in answer.json()["err"]) == (409, True)
