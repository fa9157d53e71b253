"""Golden JSONs are found in lists, and are files in every form, with a manifest that tells what they are."""

import json

import pytest
from sqlalchemy import Engine

from backend.db import transaction
from backend.errors import NotFound
from backend.golden.files import FORMS, golden_file
from backend.golden.keeping_json import sha256
from backend.golden.publishing import describe, mark_official
from backend.golden.uploading import keep_upload
from backend.queries.golden_jsons import golden_json_facts, golden_jsons
from tests.golden_kept import BOB, DC, PER_PB, STRIP_GOOD


def test_lists_are_one_s_own_all_or_official_searched_by_words_and_read_page_by_page(
    engine: Engine, json_of_alice: int
) -> None:
    with transaction(engine) as session:
        upload = keep_upload(session, BOB, "{}", came_as="Cert_50%.json", tags=["week_12"])
        third = keep_upload(session, BOB, '{"2": [[1, 3]]}', label="for the strips")
        mark_official(session, DC, third, kind="golden", seen=None)

        def found(**asked: object) -> list[int]:
            return [facts.id for facts in golden_jsons(session, **asked).rows]  # type: ignore[arg-type]

        assert found() == [third, upload, json_of_alice]
        assert found(made_by="B. Klein") == [third, upload]
        assert found(official=True) == [third]
        assert found(search="STRIPS") == [third, json_of_alice]
        assert found(search="strips rossi") == [json_of_alice]
        assert [found(search=s) for s in ("week_1", "50%", "week.1", "%")] == [[upload], [upload], [], [upload]]
        page = golden_jsons(session, limit=2)
        assert ([f.id for f in page.rows], page.before) == ([third, upload], upload)
        page = golden_jsons(session, before=page.before, limit=2)
        assert ([f.id for f in page.rows], page.before) == ([json_of_alice], None)


def test_every_form_is_a_file_with_its_name_and_hash_and_the_manifest_tells_what_it_is(
    engine: Engine, json_of_alice: int
) -> None:
    with transaction(engine) as session:
        mark_official(session, DC, json_of_alice, kind="golden-2018", seen=None)
        describe(session, DC, json_of_alice, file_name="Cert_strips.json", seen=None)
        files = {form: golden_file(session, json_of_alice, form) for form in FORMS}
        by_name = golden_file(session, json_of_alice, "Cert_strips.cmssw.txt")
        with pytest.raises(NotFound, match=r"has no file 'root'; it has Cert_strips\.json, Cert_strips\.man"):
            golden_file(session, json_of_alice, "root")
        facts = golden_json_facts(session, json_of_alice)
    assert all(file.sha256 == sha256(file.content) for file in files.values())
    assert files["json"].content == '{"1": [[1, 12]], "2": [[1, 12]]}'
    assert by_name == files["cmssw"] and by_name.content == "1:1-1:12,2:1-2:12"
    manifest = json.loads(files["manifest"].content)
    assert manifest["sha256"] == files["json"].sha256 and manifest["file"] == "Cert_strips.json"
    assert manifest["recipe"] == {"name": None, "version": None, "rule": STRIP_GOOD}
    assert manifest["luminosity"] == {
        "unit": "/pb",
        "delivered": 40 * PER_PB,
        "recorded": 20 * PER_PB,
        "lumisections_without": 4,
    }
    assert manifest["as_of"]["change_set"] == facts.as_of and manifest["made_by"] == "A. Rossi"
    official = manifest["official"]
    assert (official["kind"], official["marked_by"], official["is_latest"]) == ("golden-2018", "J. Novak", True)
