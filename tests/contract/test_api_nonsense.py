"""Whatever is asked, the registry knows what to say: nonsense is the fault of who asks, never the registry's own."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

NONSENSE: list[Any] = [None, [], {}, "", "x", 0, -1, 1.5, True, 2**31, 2**63, 10**30, "\x00", "a" * 5_000, [{"a": 1}]]
LUMISECTIONS = [
    "rr_lumisections",
    "oms_lumisections",
    "rr_lumisection_ranges",
    "rr_lumisection_ranges_by_component",
    "oms_lumisection_ranges",
    "oms_lumisection_ranges_by_dcs_bit",
    "joint_lumisection_ranges",
    "get_rr_lumisection_history",
    "get_oms_lumisection_history",
]
DATASET = {"run_number": 379024, "dataset_name": "online", "component": "dt-dt"}
QUESTIONS: dict[str, dict[str, Any]] = {
    **{f"/lumisections/{form}": DATASET for form in LUMISECTIONS},
    "/datasets/get_dataset": DATASET,
    "/datasets_get_lumisection_bar": DATASET,
    "/lumisections/get_data_of_json": {"json": {"379024-online": [[1, 2]]}},
    "/lumisections/get_luminosity_of_json_with_dataset_names": {"json_with_dataset_names": {"379024-online": [[1, 2]]}},
    "/versions/get_versions": {"page": 0, "page_size": 5},
    "/runs_filtered_ordered": {"page": 0, "page_size": 5, "sortings": [], "filter": {}},
    "/classifier_playground": {"run": {"run_number": 379024}, "classifier": '{"==": [1, 1]}'},
    "/classifier_playground_arbitrary": {"data": {"a": 1}, "json_logic": '{"==": [1, 1]}'},
    "/classifier_playground/test_lumisection": {
        "run_number": 379024,
        "name": "online",
        "lumisection_number": 1,
        "json_logic": '{"==": [1, 1]}',
    },
}
KEYS = ["run_number", "rr_attributes.class", "oms_attributes.energy", "triplet_summary.dt-dt.GOOD"]


@pytest.mark.parametrize("path", QUESTIONS)
def test_a_field_that_is_nonsense_is_refused_or_answered(certified: TestClient, path: str) -> None:
    question = QUESTIONS[path]
    assert certified.post(path, json=question).status_code == 200
    for body in (*NONSENSE, *(question | {name: value} for name in question for value in NONSENSE)):
        answer = certified.post(path, json=body)
        assert answer.status_code < 500, (body, answer.text)
        assert answer.status_code == 200 or list(answer.json()) == ["err"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("operator", ["=", "<>", "<", "like", "notlike", "and", "or"])
def test_a_filter_that_is_nonsense_is_refused_or_answered(certified: TestClient, key: str, operator: str) -> None:
    for value in NONSENSE:
        question = {"page": 0, "page_size": 1, "sortings": [], "filter": {key: {operator: value}}}
        answer = certified.post("/runs_filtered_ordered", json=question)
        assert answer.status_code in (200, 400), (value, answer.text)


@pytest.mark.parametrize(
    "path",
    [
        "/runs/{}",
        "/run_with_history/{}",
        "/get_all_dataset_names_of_run/{}",
        "/cycles/{}",
        "/workspaces/{}",
        "/datasets_accepted/{}",
        "/classifiers/component/{}",
        "/classifiers/component/filter_by_component/{}",
        "/classifier_playground/run_info/{}",
    ],
)
def test_a_path_that_is_nonsense_leads_nowhere(certified: TestClient, path: str) -> None:
    for word in ("x", "0", "-1", "2147483648", "9" * 30, "%00", "a" * 500, "x'y", "379024.0"):
        assert certified.get(path.format(word)).status_code in (200, 400, 404)


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"run_number": {"<": 2**40}}, 30),
        ({"run_number": {"or": [{"=": 2**40}, {"=": 379024}]}}, 1),
        ({"run_number": {"<>": [2**40]}}, 30),
        ({"triplet_summary.dt-dt.GOOD": {"<": 2**40}}, None),
    ],
)
def test_a_number_that_no_run_has_is_compared_and_no_count_is_so_high(
    certified: TestClient, asked: Any, count: int | None
) -> None:
    question = {"page": 0, "page_size": 1, "sortings": [], "filter": asked}
    answer = certified.post("/runs_filtered_ordered", json=question)
    assert (answer.status_code, answer.json().get("count")) == (200 if count is not None else 400, count)
