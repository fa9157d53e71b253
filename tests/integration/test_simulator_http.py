"""The simulator as its clients meet it: over HTTP on loopback."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from models.lumis import LumiSet
from models.vocabulary import GOLDEN_2018_BITS
from scripts.simulator.feed import feed_of
from scripts.simulator.running import running_simulator
from scripts.simulator.season import build_season
from scripts.simulator.tokens import Tokens
from tests.simulated_oms import CLIENT, DCS, GOLDEN, RUN, Oms, a_small_season

ROOT = Path(__file__).parents[2]


@pytest.fixture
def oms() -> Iterator[Oms]:
    with a_small_season() as client:
        yield client


def test_a_run_comes_in_the_envelope_with_its_units(oms: Oms) -> None:
    document = oms.get("runs", run_number=RUN).json()
    (run,) = document["data"]
    assert (run["id"], run["type"]) == (str(RUN), "runs")
    assert run["links"]["self"] == f"{oms.simulator.oms_url}/runs/{RUN}"
    assert run["meta"]["row"]["recorded_lumi"] == {"units": "pb^{-1}"}
    assert run["meta"]["row"]["b_field"] == {"units": "T"}
    assert document["meta"] == {"totalResourceCount": 1}
    assert oms.http.get(run["links"]["self"]).json()["data"] == run


def test_one_lumisection_and_one_fill_have_their_own_address(oms: Oms) -> None:
    row = oms.get("lumisections", run_number=RUN, lumisection_number=7).json()["data"][0]
    assert row["id"] == f"{RUN}_7"
    assert oms.http.get(row["links"]["self"]).json()["data"] == row
    fill = oms.get("fills").json()["data"][0]
    assert oms.http.get(fill["links"]["self"]).json()["data"] == fill


@pytest.mark.parametrize("path", ["runs/1", "runs/x", "lumisections/316010_9999", "fills/1_2"])
def test_what_is_not_there_is_404_in_json(oms: Oms, path: str) -> None:
    answer = oms.get(path)
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["status"] == "404"


def test_following_next_leads_through_all_lumisections_once(oms: Oms) -> None:
    answer = oms.get("lumisections", run_number=RUN, limit=70).json()
    numbers, total = [], answer["meta"]["totalResourceCount"]
    while True:
        numbers += [row["attributes"]["lumisection_number"] for row in answer["data"]]
        if answer["links"]["next"] is None:
            break
        answer = oms.http.get(answer["links"]["next"]).json()
    assert numbers == oms.numbers()
    assert len(numbers) == total
    assert answer["links"]["prev"] is not None
    assert oms.http.get(answer["links"]["last"]).json()["data"] == answer["data"]


def test_the_dcs_only_lumisections_can_be_asked_for(oms: Oms) -> None:
    bits = dict.fromkeys(GOLDEN_2018_BITS, "true")
    rows = oms.get("lumisections", **bits, limit=5000).json()["data"]
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row["attributes"]["run_number"], []).append(row["attributes"]["lumisection_number"])
    assert {run: LumiSet.numbers(numbers) for run, numbers in found.items()} == DCS


def test_fields_and_sort_are_obeyed(oms: Oms) -> None:
    rows = oms.get("runs", sort="-run_number", fields="run_number,energy").json()["data"]
    numbers = [row["attributes"]["run_number"] for row in rows]
    assert numbers == sorted(numbers, reverse=True)
    assert all(set(row["attributes"]) == {"run_number", "energy"} for row in rows)
    assert all(set(row["meta"]["row"]) == {"energy"} for row in rows)


@pytest.mark.parametrize("params", [{"bogus": 1}, {"run_number__IN": 1}, {"sort": "bogus"}, {"limit": 0}])
def test_a_question_that_cannot_be_is_400_in_json(oms: Oms, params: dict[str, Any]) -> None:
    answer = oms.get("runs", **params)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["detail"]


def test_meta_names_the_attributes(oms: Oms) -> None:
    assert oms.get("lumisections/meta").json()["meta"]["fields"]["rpc_ready"]["type"] == "boolean"
    assert oms.get("runs/meta").json()["meta"]["fields"]["last_update"]["type"] == "datetime"


def test_without_a_token_or_with_a_stale_one_it_is_401(oms: Oms) -> None:
    assert httpx.get(f"{oms.simulator.oms_url}/runs").status_code == 401
    oms.simulator.tokens.revoke_all()
    assert oms.get("runs").status_code == 401
    oms.log_in()
    assert oms.get("runs").status_code == 200


def test_tokens_end_after_their_lifetime_and_only_known_clients_get_one() -> None:
    tokens = Tokens(lifetime_seconds=0.05, clients={"rr": "s"})
    with running_simulator(feed_of(build_season("small", DCS, GOLDEN)), tokens=tokens) as simulator:
        oms = Oms(simulator)
        time.sleep(0.06)
        assert oms.get("runs").status_code == 401
        refusal = oms.http.post(simulator.oms_token_url, data=CLIENT | {"client_secret": "wrong"})
        assert (refusal.status_code, refusal.json()["error"]) == (401, "invalid_client")
        oms.http.close()


def test_the_two_step_exchange_gives_a_token_for_oms(oms: Oms) -> None:
    first = httpx.post(
        oms.simulator.oms_exchange_url, data={"grant_type": "client_credentials"}, auth=("rr", "s")
    ).json()
    assert httpx.get(f"{oms.simulator.oms_url}/runs", headers=_bearer(first)).status_code == 401
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": first["access_token"],
            "audience": "cmsoms-prod"}  # fmt: skip
    second = httpx.post(oms.simulator.oms_exchange_url, data=form, auth=("rr", "s")).json()
    assert httpx.get(f"{oms.simulator.oms_url}/runs", headers=_bearer(second)).status_code == 200


def test_without_the_need_of_a_token_anyone_may_read() -> None:
    with running_simulator(feed_of(build_season("small", DCS, GOLDEN)), require_token=False) as simulator:
        assert httpx.get(f"{simulator.oms_url}/runs").status_code == 200


def test_a_run_grows_shrinks_and_gets_a_hole_while_one_looks(oms: Oms) -> None:
    last = oms.numbers()[-1]
    before = oms.run()["last_update"]
    oms.simulator.grow(RUN, 3)
    assert oms.numbers()[-1] == last + 3
    oms.simulator.shrink(RUN, 200)
    assert oms.numbers() == list(range(1, 201))
    oms.simulator.drop_lumisections(RUN, 50, 52)
    assert len(oms.numbers()) == 197
    assert oms.run()["last_update"] > before


def test_a_run_is_taken_and_ends(oms: Oms) -> None:
    whole = oms.run()
    oms.simulator.reopen(RUN, 40)
    assert (oms.run()["end_time"], oms.numbers()[-1]) == (None, 40)
    oms.simulator.grow(RUN, 2)
    assert (oms.run()["end_time"], oms.numbers()[-1]) == (None, 42)
    oms.simulator.finish(RUN)
    assert oms.run() | {"last_update": ""} == whole | {"last_update": ""}


def test_oms_changes_its_mind_later_and_even_in_silence(oms: Oms) -> None:
    before = oms.run()
    oms.simulator.change(RUN, hlt_key="/cdaq/special", silently=True)
    oms.simulator.change_lumisections(RUN, 5, 6, rpc_ready=False, silently=True)
    assert oms.run() == before | {"hlt_key": "/cdaq/special"}
    rows = oms.get("lumisections", run_number=RUN, rpc_ready="false").json()["data"]
    assert {5, 6} <= {row["attributes"]["lumisection_number"] for row in rows}
    oms.simulator.touch(RUN)
    assert oms.run()["last_update"] > before["last_update"]


def test_the_gui_lists_datasets_in_both_forms(oms: Oms) -> None:
    url = oms.simulator.dqm_gui_url
    legacy = httpx.get(f"{url}/data/json/samples", params={"match": "*."}).json()["samples"][0]["items"]
    datasets = {item["dataset"] for item in legacy if item["run"] == str(RUN)}
    assert datasets == {"/StreamExpress/Run2018A-Express-v1/DQMIO", "/ZeroBias/Run2018A-PromptReco-v1/DQMIO"}
    rows = httpx.get(f"{url}/api/v1/samples", params={"run": RUN, "dataset": "Express"}).json()["data"]
    assert rows == [{"run": str(RUN), "lumi": 0, "dataset": "/StreamExpress/Run2018A-Express-v1/DQMIO"}]
    assert httpx.get(f"{url}/data/json/samples", params={"match": "("}).status_code == 400


def test_everything_can_be_done_over_http_too(oms: Oms) -> None:
    control = f"http://127.0.0.1:{oms.simulator.port}/control"
    assert httpx.post(f"{control}/faults", json={"kind": "error", "times": 1}).status_code == 200
    assert oms.get("runs").status_code == 500
    httpx.post(f"{control}/faults", json={"kind": "error", "probability": 1.0})
    assert httpx.get(f"{control}/state").json()["faults"][0]["kind"] == "error"
    httpx.delete(f"{control}/faults")
    assert oms.get("runs").status_code == 200
    assert httpx.post(f"{control}/runs/{RUN}/shrink", json={"last": 10}).json()["lumisections"] == 10
    assert httpx.post(f"{control}/runs/{RUN}/change", json={"attributes": {"energy": 450}}).status_code == 200
    assert (oms.numbers(), oms.run()["energy"]) == (list(range(1, 11)), 450)
    httpx.delete(f"{control}/tokens")
    assert oms.get("runs").status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("runs/1/touch", {}, 404), ("runs/316010/explode", {}, 400), ("runs/316010/shrink", {}, 400),
        ("faults", {"kind": "explosion"}, 400), ("revisions/3", {}, 404),
    ],
)  # fmt: skip
def test_control_refuses_what_cannot_be(oms: Oms, path: str, body: dict[str, Any], status: int) -> None:
    assert httpx.post(f"http://127.0.0.1:{oms.simulator.port}/control/{path}", json=body).status_code == status


def test_the_scenario_is_served_and_revised() -> None:
    with running_simulator("scenario") as simulator:
        oms = Oms(simulator)
        assert oms.get("runs").json()["meta"]["totalResourceCount"] == 30
        assert len(oms.numbers(379139)) == 129
        simulator.apply_revision(6)
        assert len(oms.numbers(379139)) == 125
        oms.http.close()


def test_a_run_of_500_lumisections_is_answered_in_milliseconds() -> None:
    season = build_season("long", {316010: LumiSet.span(1, 534)}, GOLDEN)
    with running_simulator(season) as simulator:
        oms = Oms(simulator)
        times = []
        for limit in range(1000, 1010):
            begun = time.perf_counter()
            assert oms.get("lumisections", run_number=RUN, limit=limit).status_code == 200
            times.append(time.perf_counter() - begun)
        assert min(times) < 0.03
        oms.http.close()


def _bearer(token: dict[str, str]) -> dict[str, str]:
    return {"authorization": f"Bearer {token['access_token']}"}
