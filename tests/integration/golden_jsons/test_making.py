"""A golden JSON is made by a recipe or a rule, kept with all that gives it again, and made again bit for bit."""

import hashlib
import json
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from backend.access import VISITOR
from backend.api.golden_json_shapes import losses
from backend.classify.bodies import RecipeBody
from backend.configuration import configure
from backend.db import transaction
from backend.errors import InvalidInput, InvalidRule, NotFound, NotPermitted, WrongState
from backend.golden.files import golden_file
from backend.golden.making import make, options_as_json, options_of, remake, reserve, selection_again
from backend.golden.selection import OfSeveral, Options
from backend.golden.uploading import keep_upload
from backend.queries import latest_change
from backend.queries.golden_jsons import golden_json, golden_json_facts, golden_json_making, golden_json_text
from backend.record import undo
from models.lumi_formats import read_lumisections
from models.lumi_json import GoldenJson
from models.lumis import LumiSet
from models.vocabulary import ConfigurationKind, GoldenJsonKind
from tests.golden_kept import ALICE, DC, PER_PB, PROMPT, STRIP_GOOD, strip_is_bad

SEASONS = Path(__file__).parents[3] / "scripts" / "simulator" / "data"
RECIPE = ConfigurationKind.RECIPE


def test_what_is_made_is_kept_with_its_counts_luminosity_and_all_that_gives_it_again(
    engine: Engine, columns: dict[str, int]
) -> None:
    with transaction(engine) as session:
        strip_is_bad(session, columns, 1, of=(3, 4))
        seen = latest_change(session).change_set
    id_ = make(engine, ALICE, rule=STRIP_GOOD, pattern=PROMPT, label="strips", tags=["week 1"], note="a try")
    with transaction(engine) as session:
        facts = golden_json_facts(session, id_)
        content = golden_json_text(session, id_)
        making = golden_json_making(session, id_)
    assert json.loads(content) == {"1": [[1, 2], [5, 12]], "2": [[1, 12]]}
    assert facts.sha256 == hashlib.sha256(content.encode()).hexdigest()
    assert (facts.runs, facts.lumisections, facts.first_run, facts.last_run) == (2, 22, 1, 2)
    assert (facts.delivered_per_pb, facts.recorded_per_pb) == (18 * 2 * PER_PB, 18 * PER_PB)
    assert facts.without_luminosity == 4
    assert (facts.label, facts.tags, facts.note, facts.made_by) == ("strips", ("week 1",), "a try", "A. Rossi")
    assert (facts.as_of, facts.recipe, facts.kind) == (seen, "own rule", GoldenJsonKind.MADE)
    assert making.rule == STRIP_GOOD
    assert making.datasets == ((1, PROMPT), (2, PROMPT))


def test_what_was_made_is_made_again_bit_for_bit_whatever_was_said_since(
    engine: Engine, columns: dict[str, int]
) -> None:
    options = Options(runs=(1, 1), within=GoldenJson.of({1: LumiSet.span(2, 12)}))
    id_ = make(engine, ALICE, rule=STRIP_GOOD, pattern=PROMPT, options=options)
    with transaction(engine) as session:
        first = golden_json_text(session, id_)
        bad = strip_is_bad(session, columns, 1, of=(5, 6))
    assert first == '{"1": [[2, 12]]}'
    assert remake(engine, id_) == first
    again = make(engine, ALICE, rule=STRIP_GOOD, pattern=PROMPT, options=options)
    with transaction(engine) as session:
        second = golden_json_text(session, again)
        undo(session, bad, by="S. Tanaka", why="mistake")
    assert second == '{"1": [[2, 4], [7, 12]]}'
    assert (remake(engine, id_), remake(engine, again)) == (first, second)


def test_what_is_selected_again_is_read_from_the_present_until_anything_is_said(
    engine: Engine, columns: dict[str, int]
) -> None:
    id_ = make(engine, ALICE, rule=STRIP_GOOD, pattern=PROMPT)
    make(engine, ALICE, rule=STRIP_GOOD, pattern=PROMPT)
    with transaction(engine) as session:
        facts, latest = golden_json_facts(session, id_), latest_change(session).change_set
    same = selection_again(engine, id_)
    assert (same.as_of, same.kept) == (latest, {1: LumiSet.span(1, 12), 2: LumiSet.span(1, 12)})
    with transaction(engine) as session:
        strip_is_bad(session, columns, 1, of=(5, 6))
    folded = selection_again(engine, id_)
    assert (folded.as_of, folded.kept, folded.candidates) == (facts.as_of, same.kept, same.candidates)


def test_what_was_lost_is_folded_once_and_stays_what_it_was(engine: Engine, columns: dict[str, int]) -> None:
    with transaction(engine) as session:
        bad = strip_is_bad(session, columns, 1, of=(5, 6))
    ids = [make(engine, ALICE, rule=STRIP_GOOD, pattern=PROMPT) for _ in range(10)]
    with transaction(engine) as session:
        facts = [golden_json_facts(session, id_) for id_ in ids]
        undo(session, bad, by="S. Tanaka", why="mistake")
    told = [losses(engine, each) for each in facts]
    assert losses(engine, facts[-1]) is told[-1]
    assert losses(engine, facts[0]) == told[0] and told[0]["generated_anti_json"] == {"1": [[5, 6]]}


def test_a_shared_recipe_is_kept_by_name_and_version_and_its_later_versions_change_nothing(
    engine: Engine, columns: dict[str, int]
) -> None:
    body = RecipeBody(label="strips", datasets=PROMPT, rule=STRIP_GOOD)
    with transaction(engine) as session:
        configure(session, RECIPE, name="strips", body=body, by=DC.name, why="new")
    id_ = make(engine, ALICE, recipe="strips")
    with transaction(engine) as session:
        never = {"==": [{"var": "lumisection.rr.tracker-strip"}, "BAD"]}
        worse = body.model_copy(update={"rule": never})
        configure(session, RECIPE, name="strips", body=worse, by=DC.name, why="worse")
        facts = golden_json_facts(session, id_)
        content = golden_json_text(session, id_)
    assert (facts.recipe, facts.pattern) == ("strips, version 1", PROMPT)
    assert remake(engine, id_) == content == '{"1": [[1, 12]], "2": [[1, 12]]}'


def test_a_golden_json_has_the_field_s_name_for_its_file(engine: Engine, columns: dict[str, int]) -> None:
    id_ = make(engine, ALICE, recipe="golden 2018", pattern=PROMPT, options=Options(runs=(1, 7)))
    with transaction(engine) as session:
        assert golden_json_facts(session, id_).file_name == "Cert_1-7_PromptReco_Collisions18_JSON.txt"


def test_what_nothing_is_kept_of_is_an_empty_json_of_unknown_luminosity(
    engine: Engine, columns: dict[str, int]
) -> None:
    id_ = make(engine, ALICE, rule={"==": [{"var": "run.run_number"}, 7]}, pattern=PROMPT)
    with transaction(engine) as session:
        facts = golden_json_facts(session, id_)
        assert golden_json(session, id_) == GoldenJson()
    assert (facts.runs, facts.first_run, facts.recorded_per_pb, facts.without_luminosity) == (0, None, None, 0)


def test_an_id_that_was_reserved_is_made_once_however_often_it_is_asked(
    engine: Engine, columns: dict[str, int]
) -> None:
    told: list[float] = []
    with transaction(engine) as session:
        reserved = reserve(session)
    for _ in range(2):
        made = make(
            engine,
            ALICE,
            rule=STRIP_GOOD,
            pattern=PROMPT,
            golden_json=reserved,
            progress=lambda share, what: told.append(share),
        )
        assert made == reserved
    assert told == sorted(told) and told[-1] == 1.0
    with transaction(engine) as session:
        assert session.execute(text("SELECT count(*) FROM golden_json")).scalar_one() == 1


def test_options_are_kept_and_read_back_as_they_were() -> None:
    within = GoldenJson.of({7: LumiSet.span(2, 3)})
    some = Options(only_completed=True, runs=(1, 9), within=within, prescales=("2e34",), of_several=OfSeveral.UNION)
    assert all(getattr(some, option.name) != option.default for option in fields(Options))
    assert options_of(options_as_json(some)) == some
    assert options_of(options_as_json(Options())) == Options()


def test_what_cannot_be_made_is_told_and_leaves_nothing(engine: Engine, columns: dict[str, int]) -> None:
    def refused(error: type[Exception], said: str, **asked: object) -> None:
        with pytest.raises(error, match=said):
            make(engine, ALICE, **({"rule": STRIP_GOOD, "pattern": PROMPT} | asked))  # type: ignore[arg-type]

    with pytest.raises(NotPermitted, match="visitor is not signed in"):
        make(engine, VISITOR, rule=STRIP_GOOD, pattern=PROMPT)
    refused(InvalidInput, "by one of them", recipe="golden 2018")
    refused(InvalidInput, "by one of them", rule=None)
    refused(NotFound, "no recipe 'gold'; there are calo-free", rule=None, recipe="gold")
    refused(InvalidInput, "needs a pattern", pattern=None)
    refused(InvalidInput, "No dataset matches '/Nothing/%'", pattern="/Nothing/%")
    refused(InvalidInput, "cannot be|can be like", pattern="(")
    refused(InvalidRule, "asks nothing", rule=True)
    refused(InvalidInput, "A tag cannot be 'a,b'", tags=["a,b"])
    refused(InvalidInput, "A label has at most 120", label="x" * 121)
    with transaction(engine) as session:
        assert session.execute(text("SELECT count(*) FROM golden_json")).scalar_one() == 0


def test_an_upload_is_kept_as_compact_json_whatever_its_form_and_cannot_be_made_again(
    engine: Engine, columns: dict[str, int]
) -> None:
    pretty = b'{\n  "2": [[5, 6], [1, 4]],\n  "9": [[1, 3]]\n}\n'
    with transaction(engine) as session:
        id_ = keep_upload(session, ALICE, pretty, came_as="C:\\mine\\Cert_Collisions2018_1_9_Golden.json", tags=["x"])
        pasted = keep_upload(session, ALICE, "2:1-2:6,9:1-9:3")
        facts, other = golden_json_facts(session, id_), golden_json_facts(session, pasted)
        assert golden_json_text(session, id_) == '{"2": [[1, 6]], "9": [[1, 3]]}'
        kept_of_it = golden_json_making(session, id_).options
    assert (facts.sha256, facts.lumisections, facts.without_luminosity) == (other.sha256, 9, 3)
    assert (facts.recorded_per_pb, facts.came_as) == (6 * PER_PB, "Cert_Collisions2018_1_9_Golden.json")
    assert (facts.file_name, other.file_name) == (facts.came_as, "Cert_2-9_13TeV_Collisions18_JSON_Uploaded.txt")
    assert (facts.recipe, other.recipe) == ("uploaded: Cert_Collisions2018_1_9_Golden.json", "pasted")
    assert kept_of_it == {"sha256_as_it_came": hashlib.sha256(pretty).hexdigest()}
    with pytest.raises(WrongState, match=f"Golden JSON {id_} was uploaded"):
        remake(engine, id_)


def test_published_files_are_kept_under_their_names_and_known_again_by_their_hash(
    engine: Engine, columns: dict[str, int], data: Path
) -> None:
    compact = SEASONS / "Cert_314472-325175_13TeV_PromptReco_Collisions18_JSON.txt"
    pretty = data / "golden" / "Cert_Collisions2026_401624_402537_golden.json"
    with transaction(engine) as session:
        for file in (compact, pretty):
            id_ = keep_upload(session, ALICE, file.read_bytes(), came_as=file.name)
            facts, making = golden_json_facts(session, id_), golden_json_making(session, id_)
            as_it_came = hashlib.sha256(file.read_bytes()).hexdigest()
            assert facts.file_name == file.name
            assert making.options["sha256_as_it_came"] == as_it_came
            assert golden_file(session, id_, "json" if file is compact else "pretty").sha256 == as_it_came
            assert golden_json(session, id_) == read_lumisections(file.read_bytes())


def test_what_cannot_be_read_is_not_kept(engine: Engine, columns: dict[str, int]) -> None:
    with transaction(engine) as session:
        with pytest.raises(InvalidInput, match="Line 1"):
            keep_upload(session, ALICE, "hello")
        with pytest.raises(NotPermitted, match="not signed in"):
            keep_upload(session, VISITOR, "{}")
        assert session.execute(text("SELECT count(*) FROM golden_json")).scalar_one() == 0
