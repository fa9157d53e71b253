"""``POST /runs_filtered_ordered`` answers what the original answered; where the original was wrong, it is told how."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.api.streaming import AT_ONCE
from tests.contract.conftest import recorded

RECORDED = {exchange["label"]: exchange for exchange in recorded("runs_filtered_ordered")}

BETTER: dict[str, list[int]] = {
    "class NOTLIKE upper case (case sensitive)": RECORDED["class notlike"]["derived"]["run_numbers"],
    'ls_duration >= "500" (string => text comparison)': RECORDED["ls_duration >= 500"]["derived"]["run_numbers"],
    "percent only": [
        n
        for n in RECORDED["percent only"]["derived"]["run_numbers"]
        if n != 379119  # it has no class at all
    ],
}
"""Where the original compared wrongly: the runs that belong there."""

REFUSED = {
    "triplet unknown component": "no component 'foo-foo'",
    "quote in key": 'no attribute "rr_attributes.cl\'ass"',
    'sort [["oms_attributes.x\'y", "ASC"]]': 'no attribute "oms.x\'y"',
}
"""What the original let pass in silence."""

SORTS = {label for label in RECORDED if label.startswith("sort ") and RECORDED[label]["response"]["status"] == 200}
MIXED = "top level or mixing run and triplet (becomes AND of two groups)"


def ask(client: TestClient, **question: Any) -> Any:
    body = {"page": 0, "page_size": 30, "sortings": [], "filter": {}} | question
    answer = client.post("/runs_filtered_ordered", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def numbers(client: TestClient, **question: Any) -> list[int]:
    return [run["run_number"] for run in ask(client, **question)["runs"]]


ANSWERED = [n for n, e in RECORDED.items() if e["response"]["status"] == 200 and n not in SORTS | REFUSED.keys()]
FAILED = [n for n, e in RECORDED.items() if e["response"]["status"] != 200]


@pytest.mark.parametrize("label", [n for n in ANSWERED if n not in (MIXED, "page_size 0")])
def test_an_answer_is_that_of_the_original(original: TestClient, label: str) -> None:
    question, theirs = RECORDED[label]["request"]["body"], RECORDED[label]["derived"]
    expected = BETTER.get(label, theirs["run_numbers"])
    count = len(expected) if label in BETTER else theirs["count"]
    found = ask(original, **question)
    assert [run["run_number"] for run in found["runs"]] == expected
    assert (found["count"], found["pages"]) == (count, -(-count // int(question["page_size"])))


@pytest.mark.parametrize("label", FAILED)
def test_what_failed_inside_the_original_is_told_to_be_a_bad_question(original: TestClient, label: str) -> None:
    answer = original.post("/runs_filtered_ordered", json=RECORDED[label]["request"]["body"])
    assert (answer.status_code, list(answer.json())) == (400, ["err"])


@pytest.mark.parametrize("label", REFUSED)
def test_what_does_not_exist_is_told_and_not_taken_for_nothing_found(original: TestClient, label: str) -> None:
    answer = original.post("/runs_filtered_ordered", json=RECORDED[label]["request"]["body"])
    assert answer.status_code == 400
    assert REFUSED[label] in answer.json()["err"]


def test_a_run_is_written_as_the_original_writes_it(original: TestClient, original_state: dict[str, Any]) -> None:
    ours = {run["run_number"]: run for run in ask(original)["runs"]}
    for theirs in original_state["runs"]:
        run = ours[theirs["run_number"]]
        summary = run.pop("DatasetTripletCache")["triplet_summary"]
        assert run.pop("version") > 0
        assert run == {name: theirs[name] for name in ("run_number", "oms_attributes", "rr_attributes", "deleted")}
        online = next(d for d in original_state["datasets"] if d["run_number"] == theirs["run_number"])
        assert summary == online["triplet_summary"]


def test_or_is_or_also_between_runs_and_flags(original: TestClient) -> None:
    either = RECORDED[MIXED]["request"]["body"]["filter"]
    found = [numbers(original, filter=part) for part in either["or"]]
    assert set(numbers(original, filter=either)) == set(found[0]) | set(found[1])
    assert len(found[0]) < len(numbers(original, filter=either)) < len(found[0]) + len(found[1])


def test_a_page_of_no_rows_has_no_pages_but_a_count(original: TestClient) -> None:
    assert ask(original, page_size=0) == {"runs": [], "pages": 0, "count": 30}


@pytest.mark.parametrize(
    ("key", "of_run"),
    [
        ("run_number", lambda run: run["run_number"]),
        ("oms_attributes.ls_duration", lambda run: run["oms_attributes"]["ls_duration"]),
        ("oms_attributes.hlt_physics_counter", lambda run: run["oms_attributes"]["hlt_physics_counter"]),
        ("oms_attributes.l1_triggers_counter", lambda run: run["oms_attributes"]["l1_triggers_counter"]),
        ("oms_attributes.energy", lambda run: run["oms_attributes"]["energy"]),
        ("dt-dt", lambda run: run["DatasetTripletCache"]["triplet_summary"].get("dt-dt", {}).get("BAD", 0)),
        ("version", lambda run: run["version"]),
    ],
)
def test_runs_are_sorted_by_what_a_key_means(original: TestClient, key: str, of_run: Any) -> None:
    """As numbers; what is unsaid comes last; equal runs latest first."""
    for direction, turn in (("ASC", 1), ("desc", -1)):
        runs = ask(original, sortings=[[key, direction]])["runs"]
        said = [(of_run(run), run["run_number"]) for run in runs if of_run(run) is not None]
        assert [of_run(run) for run in runs[len(said) :]] == [None] * (len(runs) - len(said))
        values = [value for value, _ in said]
        assert values == sorted(values, reverse=turn < 0)
        if key not in ("run_number", "dt-dt"):
            assert said == sorted(said, key=lambda pair: (turn * pair[0], -pair[1]))


def test_several_sorts_apply_in_turn(original: TestClient) -> None:
    runs = ask(original, sortings=[["rr_attributes.class", "ASC"], ["oms_attributes.ls_duration", "DESC"]])["runs"]
    keys = [(run["rr_attributes"]["class"], -run["oms_attributes"]["ls_duration"]) for run in runs]
    assert keys[:-1] == sorted(keys[:-1])
    assert keys[-1][0] == ""


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"filter": {"run_number": {"~": 1}}}, "cannot be asked with '~'"),
        ({"filter": {"run_numbr": 1}}, "did you mean run_number?"),
        ({"filter": {"rr_attributes.clas": "x"}}, "did you mean rr_attributes.class?"),
        ({"filter": {"run_number": {"=": "abc"}}}, "Run is compared with a whole number, not with 'abc'"),
        ({"filter": {"run_number": []}}, "a list of values"),
        ({"filter": {"run_number": {"or": []}}}, "cannot be asked with 'or'"),
        ({"filter": {"and": {"run_number": 1}}}, "joins a list of filters"),
        ({"filter": {"triplet_summary.dt-dt.GREAT": {">": 0}}}, "names no status"),
        ({"filter": {"triplet_summary.dt-dt.GOOD": {">": "x"}}}, "counted in whole lumisections"),
        ({"filter": {"oms_attributes.energy": {"like": "%"}}}, "Energy cannot be asked with like"),
        ({"sortings": [["run_number", "sideways"]]}, "ASC or DESC, not 'sideways'"),
        ({"page": -1}, "page cannot be -1"),
        ({"page_size": -1}, "page_size cannot be -1"),
        ({"filter": None}, "filter cannot be None"),
    ],
)
def test_a_question_that_cannot_be_is_told_in_a_sentence(
    original: TestClient, question: dict[str, Any], sentence: str
) -> None:
    body = {"page": 0, "page_size": 5, "sortings": [], "filter": {}} | question
    answer = original.post("/runs_filtered_ordered", json=body)
    assert answer.status_code == 400
    assert sentence in answer.json()["err"]


def test_a_filter_without_end_is_refused(original: TestClient) -> None:
    deep: Any = {"run_number": 1}
    for _ in range(60):
        deep = {"and": [deep]}
    answer = original.post("/runs_filtered_ordered", json={"page": 0, "page_size": 5, "sortings": [], "filter": deep})
    assert (answer.status_code, "nested deeper" in answer.json()["err"]) == (400, True)


def test_ten_thousand_runs_by_number_are_one_list(original: TestClient) -> None:
    asked = {"run_number": {"or": [{"=": 379000 + n} for n in range(10_000)]}}
    assert ask(original, filter=asked)["count"] == 28
    assert ask(original, filter={"run_number": {"<>": [379024]}})["count"] == 29


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"rr_attributes.class": {"<>": ""}}, 29),
        ({"rr_attributes.significant": {"<>": True}}, 7),
        ({"rr_attributes.significant": {"<>": "false"}}, 23),
        ({"rr_attributes.state": ["OPEN", "SIGNOFF"]}, 30),
        ({"oms_attributes.initial_prescale_index": {">=": "4"}}, None),
        ({"triplet_summary.dt-dt.GOOD": {"or": [{"=": 127}, {">": 500}]}}, None),
        ({"or": []}, 30),
        ({"and": []}, 30),
        ({"run_number": {"and": [{">": 379000}, {"or": [{"<": 379010}, {"=": 379193}]}]}}, 3),
    ],
)
def test_what_clients_may_write_is_understood(original: TestClient, asked: Any, count: int | None) -> None:
    found = ask(original, filter=asked)["count"]
    assert found == count if count is not None else 0 < found < 30


@pytest.mark.parametrize(
    ("path", "name"), [("/runs_filtered_ordered", "runs"), ("/datasets_filtered_ordered", "datasets")]
)
def test_a_page_that_is_written_in_parts_is_the_same(certified: TestClient, path: str, name: str) -> None:
    def page(size: int) -> Any:
        body = {"page": 0, "page_size": size, "sortings": [["run_number", "ASC"]], "filter": {}}
        answer = certified.post(path, json=body)
        assert answer.headers["content-type"] == "application/json"
        return answer.json()

    at_once = page(AT_ONCE)
    assert at_once["count"] == len(at_once[name]) > 20
    assert page(AT_ONCE + 1) == page(10**6) == at_once


def test_a_long_page_of_nothing_is_an_empty_list(original: TestClient) -> None:
    assert ask(original, page_size=1_000, filter={"run_number": 1}) == {"runs": [], "pages": 0, "count": 0}
    assert ask(original, page=7, page_size=200_000) == {"runs": [], "pages": 1, "count": 30}
