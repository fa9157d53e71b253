"""Drafts travel whole in an address or a file, and what is wrong with them is said with the line."""

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import InvalidInput, InvalidRule
from backend.rules.facts import Subject, facts_for
from dashboard.classifiers.checked import check, cost_words
from dashboard.classifiers.draft import Draft, from_file, from_link, read_body, to_file, to_link
from dashboard.classifiers.lines import line_of, lines_of, without_place
from models.vocabulary import ConfigurationKind

FACTS = facts_for(Subject.ONLINE_COMPONENT)
TEXT = '{ "and": [\n  { "==": [{ "var": "tob_ready" }, false] },\n  { ">": [{ "var": "init_lumi" }, 2] }\n] }'
FIELDS = {"side": "online", "component": "tracker-strip", "status": "BAD", "priority": 2, "description": ""}


def a_draft(text: str = TEXT, **fields: object) -> Draft:
    name = "online/tracker-strip/BAD/DCS off"
    return Draft(ConfigurationKind.COMPONENT, name, text, FIELDS | fields, 4, 977, "A. Petrov")


@given(text=st.text(max_size=300), version=st.integers(0, 99), seen=st.integers(0, 2**31))
def test_a_draft_comes_out_of_the_link_as_it_went_in(text: str, version: int, seen: int) -> None:
    draft = Draft(ConfigurationKind.RECIPE, "Golden µ", text, {"label": text, "datasets": ""}, version, seen, "K. Ito")
    assert from_link(to_link(draft)) == draft
    assert from_file(to_file(draft)) == draft


def test_a_long_rule_fits_into_an_address() -> None:
    clauses = [{"==": [{"var": f"lumisection.oms.part{n}_ready"}, True]} for n in range(48)]
    assert len(to_link(a_draft(json.dumps({"and": clauses}, indent=2)))) < 1_500


@pytest.mark.parametrize("broken", [to_link(a_draft())[:-9], "", "nonsense", "&&", "AAAA"])
def test_a_link_that_lost_a_part_is_refused_in_a_sentence(broken: str) -> None:
    with pytest.raises(InvalidInput, match="draft"):
        from_link(broken)


def test_a_link_cannot_unpack_to_more_than_a_draft_is() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 30_000_000)).decode()
    with pytest.raises(InvalidInput, match="cannot be read"):
        from_link(bomb)


@pytest.mark.parametrize("said", [b"[]", b"{}", b'{"kind": "cause"}', b'{"kind": "workspace", "name": "x"}', b"\xff"])
def test_a_file_without_a_draft_is_refused(said: bytes) -> None:
    with pytest.raises(InvalidInput):
        from_file(said)


def test_a_draft_becomes_the_body_that_it_says() -> None:
    body = a_draft(priority=7).body()
    assert (body.about, body.condition) == ("online/tracker-strip/BAD", json.loads(TEXT))
    with pytest.raises(InvalidInput, match="priority"):
        a_draft(priority=0).body()
    with pytest.raises(InvalidRule):
        a_draft("{").body()
    with pytest.raises(InvalidInput, match="status"):
        read_body(ConfigurationKind.COMPONENT, {**FIELDS, "status": "MAYBE", "rule": json.loads(TEXT)})


@pytest.mark.parametrize(
    "text,line,sentence",
    [
        (TEXT.replace('">"', '"=>"'), 3, "There is no operator '=>'; did you mean '>='?"),
        (TEXT.replace("tob_ready", "tob_redy"), 2, "There is no fact 'tob_redy'; did you mean 'tob_ready'?"),
        (TEXT.replace('"and"', '"adn"'), 1, "There is no operator 'adn'; did you mean 'and'?"),
        (TEXT.replace("false]", "false"), 2, "The rule is no JSON: column"),
    ],
)
def test_a_typo_is_told_with_its_line(text: str, line: int, sentence: str) -> None:
    checked = check(a_draft(text), FACTS)
    assert checked.body is None
    assert checked.refusal is not None
    assert checked.refusal.line == line
    assert checked.refusal.sentence.startswith(sentence)


def test_a_comparison_that_never_holds_is_warned_of_with_its_line() -> None:
    checked = check(a_draft(TEXT.replace(", 2]", ", 19000]")), FACTS)
    assert checked.body is not None
    (warning,) = checked.warnings
    assert warning.line == 3
    assert warning.sentence.startswith("init_lumi > 19,000: it lies between 0 and 20")
    assert check(a_draft(), FACTS).warnings == ()


def test_what_a_rule_is_made_of_is_said() -> None:
    checked = check(a_draft(), FACTS)
    assert checked.body is not None
    assert cost_words(checked.body.parsed, {}).startswith("2 facts, all known · depth 3 · ")


def test_places_are_found_in_the_text_whatever_stands_in_strings() -> None:
    text = '{"or": [\n {"==": ["a ] } \\" {", {"var": "x"}]},\n [1, 2],\n {"!":\n {"var": "y"}}\n]}'
    lines = lines_of(text)
    assert lines["or", "1", "==", "2", "var"] == 2
    assert lines["or", "2", "2"] == 3
    assert (lines["or", "3", "!"], lines["or", "3", "!", "var"]) == (4, 5)
    assert line_of(text, "x = 1 at or › 1 › ==: it lies elsewhere.") == 2
    assert line_of(text, "The rule has more than 64 levels.") is None
    assert without_place("x = 1 at or › 1 › ==: it lies elsewhere.") == "x = 1: it lies elsewhere."
