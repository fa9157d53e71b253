"""Golden JSONs are files under links that stay, known again by their hash."""

import hashlib

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from backend.db import transaction
from backend.golden.publishing import delete, describe, mark_official
from backend.golden.uploading import keep_upload
from tests.golden_kept import ALICE, DC, a_registry

HELD = '{"1": [[1, 2]], "2": [[5, 9]]}'


@pytest.fixture
def kept(client: TestClient, engine: Engine) -> int:
    """An uploaded golden JSON with a field's name."""
    a_registry(engine)
    with transaction(engine) as session:
        id_ = keep_upload(session, ALICE, HELD)
        describe(session, ALICE, id_, file_name="Cert_Collisions2024_1_2_Golden.json", seen=None)
    return id_


def test_each_form_is_a_file_by_name_and_by_form(client: TestClient, kept: int) -> None:
    links = client.get(f"/golden/{kept}").json()
    assert links["sha256"] == hashlib.sha256(HELD.encode()).hexdigest()
    for form, link in links["files"].items():
        by_name, by_form = client.get(link), client.get(f"/golden/{kept}/{form}")
        assert by_name.status_code == by_form.status_code == 200
        assert by_name.content == by_form.content
        assert by_name.headers["etag"] == f'"{hashlib.sha256(by_name.content).hexdigest()}"'
        assert by_name.headers["content-disposition"].startswith(
            'attachment; filename="Cert_Collisions2024_1_2_Golden.'
        )
    assert client.get(f"/golden/{kept}/json").text == HELD
    assert client.get(f"/golden/{kept}/cmssw").text == "1:1-1:2,2:5-2:9"
    assert client.get(f"/golden/{kept}/csv").headers["content-type"].startswith("text/csv")
    assert client.get(f"/golden/{kept}/manifest").json()["sha256"] == links["sha256"]


def test_whoever_has_the_file_is_not_sent_it_again(client: TestClient, kept: int) -> None:
    tag = client.get(f"/golden/{kept}/json").headers["etag"]
    for asked in (tag, f'"other", W/{tag}', "*"):
        again = client.get(f"/golden/{kept}/json", headers={"If-None-Match": asked})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(f"/golden/{kept}/json", headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_latest_official_one_of_a_kind_stands_under_one_link(client: TestClient, engine: Engine, kept: int) -> None:
    link = "/golden/official/golden-2024/latest"
    assert client.get(link).status_code == 404
    with transaction(engine) as session:
        mark_official(session, DC, kept, kind="golden-2024", seen=None)
    first = client.get(link)
    assert (first.text, first.headers["content-location"]) == (
        HELD,
        f"/golden/{kept}/Cert_Collisions2024_1_2_Golden.json",
    )
    with transaction(engine) as session:
        later = keep_upload(session, ALICE, '{"1": [[1, 1]]}')
        mark_official(session, DC, later, kind="golden-2024", seen=None)
    changed = client.get(link, headers={"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, changed.text) == (200, '{"1": [[1, 1]]}')
    assert client.get(f"{link}.json").text == changed.text
    assert client.get(f"{link}.manifest").json()["official"]["kind"] == "golden-2024"
    assert client.get(f"{link}.manifest.json").json()["id"] == later
    assert client.get(f"{link}.cmssw").text == "1:1"
    assert client.get("/golden/official").json()["golden-2024"]["latest"] == link
    assert client.get(f"/golden/{kept}/json").text == HELD


def test_what_is_not_there_or_deleted_is_not_found(client: TestClient, engine: Engine, kept: int) -> None:
    assert client.get(f"/golden/{kept}/root").status_code == 404
    assert client.get("/golden/99/json").status_code == 404
    with transaction(engine) as session:
        delete(session, ALICE, kept, seen=None)
    assert [client.get(f"/golden/{kept}{end}").status_code for end in ("", "/json", "/manifest")] == [404, 404, 404]
