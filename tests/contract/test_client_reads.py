"""The client from PyPI, ``runregistry`` in local mode, reads from this registry without knowing that it is another."""

from collections.abc import Iterator
from types import ModuleType

import pytest
from sqlalchemy import Engine

from tests.contract.conftest import official_client, served

RUN, PROMPT = 379024, "/PromptReco/Collisions2024A/DQM"


@pytest.fixture(scope="module")
def client(certified_engine: Engine) -> Iterator[ModuleType]:
    """The client, asking for the recorded scenario."""
    with served(certified_engine) as url, official_client(url) as client:
        yield client


def test_a_run_is_found_by_its_number(client: ModuleType) -> None:
    run = client.get_run(run_number=RUN)
    assert (run["run_number"], run["class"], run["state"]) == (RUN, "Collisions24", "SIGNOFF")
    assert run["oms_attributes"]["fill_number"] == 9476
    assert sum(n for n in run["lumisections"]["dt-dt"].values() if isinstance(n, int)) == 212
    assert client.get_run(run_number=1) == {}


def test_runs_are_found_by_what_is_said_of_them(client: ModuleType) -> None:
    runs = client.get_runs(filter={"class": {"like": "%Collisions%"}, "run_number": {">": 379000, "<": 379060}})
    assert sorted(run["run_number"] for run in runs) == [379024, 379029, 379043, 379052]
    assert {run["class"] for run in runs} == {"Collisions24"}


def test_the_client_turns_every_page(client: ModuleType) -> None:
    pages = client.get_runs(filter={}, page_size=7)
    assert len({run["run_number"] for run in pages}) == len(pages) == 30


def test_what_cannot_be_asked_is_an_error_of_the_client(client: ModuleType) -> None:
    with pytest.raises(ValueError, match="no component"):
        client.get_runs(filter={"triplet_summary.foo-foo.GOOD": {">": 0}})


def test_the_datasets_of_a_run_are_named(client: ModuleType) -> None:
    assert client.get_dataset_names_of_run(RUN) == ["online", "/Express/Collisions2024/DQM", PROMPT]


def test_cycles_and_accepted_datasets_are_listed(client: ModuleType) -> None:
    assert [cycle["cycle_name"] for cycle in client.get_cycles()] == ["Cycle 2", "Cycle 1"]
    accepted = client.get_datasets_accepted()
    assert PROMPT in {dataset["name"] for dataset in accepted}
    assert {"id", "name", "regexp", "class", "run_from", "run_to"} <= accepted[0].keys()


@pytest.mark.parametrize("name", ["online", PROMPT])
def test_lumisections_are_told_one_by_one(client: ModuleType, name: str) -> None:
    flags = client.get_lumisections(RUN, name)
    bits = client.get_oms_lumisections(RUN, name)
    assert len(flags) == len(bits) == 212
    assert flags[0]["dt-dt"] == {"status": "GOOD", "comment": "", "cause": ""}
    assert (bits[8]["beam1_stable"], bits[7]["beam1_stable"]) == (True, False)


@pytest.mark.parametrize("name", ["online", PROMPT])
def test_every_form_of_ranges_tells_what_single_lumisections_tell(client: ModuleType, name: str) -> None:
    flags, bits = client.get_lumisections(RUN, name), client.get_oms_lumisections(RUN, name)
    numbers = range(1, 213)
    ranges = client.get_lumisection_ranges(RUN, name)
    assert [r for r in ranges for _ in range(r["start"], r["end"] + 1)] == [
        flags[n - 1] | {k: r[k] for k in ("start", "end")} for r in ranges for n in range(r["start"], r["end"] + 1)
    ]
    assert [n for r in ranges for n in range(r["start"], r["end"] + 1)] == list(numbers)
    by_component = client.get_lumisection_ranges_by_component(RUN, name)
    for component, of_one in by_component.items():
        told = {n: r.get("status", "EMPTY") for r in of_one for n in range(r["start"], r["end"] + 1)}
        assert told == {n: flags[n - 1][component]["status"] for n in numbers}
    for r in client.get_joint_lumisection_ranges(RUN, name):
        assert r == bits[r["start"] - 1] | flags[r["end"] - 1] | {"start": r["start"], "end": r["end"]}
    for r in client.get_oms_lumisection_ranges(RUN):
        assert r.items() - {"start": r["start"], "end": r["end"]}.items() <= bits[r["start"] - 1].items()


def test_datasets_are_found_by_what_is_said_of_them(client: ModuleType) -> None:
    asked = {"class": "Collisions24", "dataset_name": {"like": "/PromptReco/%"}, "tracker_state": "OPEN"}
    datasets = client.get_datasets(filter=asked | {"run_number": {">": 379000, "<": 379060}})
    assert sorted(d["run_number"] for d in datasets) == [379024, 379029, 379043, 379052]
    assert {(d["name"], d["class"], d["dataset_attributes"]["tracker_state"]) for d in datasets} == {
        (PROMPT, "Collisions24", "OPEN")
    }
    one = client.get_dataset(run_number=RUN, dataset_name=PROMPT)
    assert one == next(d for d in datasets if d["run_number"] == RUN)
    assert sum(n for n in one["lumisections"]["dt-dt"].values() if isinstance(n, int)) == 212
    assert client.get_dataset(run_number=1, dataset_name=PROMPT) == {}
