"""Who is let in by the simulated CERN, and what goes wrong there on demand."""

from base64 import b64encode

import pytest

from scripts.simulator.faults import Fault, FaultKind, Faults
from scripts.simulator.tokens import EXCHANGE, OMS_AUDIENCE, Refused, Tokens


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_token_is_for_its_audience_and_ends() -> None:
    clock = Clock()
    tokens = Tokens(lifetime_seconds=60, clock=clock)
    form = {"grant_type": "client_credentials", "client_id": "rr", "client_secret": "s", "audience": OMS_AUDIENCE}
    token = tokens.grant(form, None)
    assert token["expires_in"] == 60
    assert tokens.is_good_for_oms(f"Bearer {token['access_token']}")
    other = tokens.grant(form | {"audience": "another"}, None)
    assert not tokens.is_good_for_oms(f"Bearer {other['access_token']}")
    clock.now = 60.0
    assert not tokens.is_good_for_oms(f"Bearer {token['access_token']}")


def test_a_token_is_exchanged_for_one_that_oms_accepts() -> None:
    tokens = Tokens()
    basic = "Basic " + b64encode(b"rr:secret").decode()
    first = tokens.grant({"grant_type": "client_credentials"}, basic)["access_token"]
    assert not tokens.is_good_for_oms(f"Bearer {first}")
    form = {"grant_type": EXCHANGE, "subject_token": str(first), "audience": OMS_AUDIENCE}
    second = tokens.grant(form, basic)["access_token"]
    assert tokens.is_good_for_oms(f"Bearer {second}")
    tokens.revoke_all()
    assert not tokens.is_good_for_oms(f"Bearer {second}")
    with pytest.raises(Refused, match="unknown or stale"):
        tokens.grant(form, basic)


@pytest.mark.parametrize(
    ("form", "authorization", "error"),
    [
        ({"grant_type": "client_credentials"}, None, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "rr", "client_secret": "wrong"}, None, "invalid_client"),
        ({"grant_type": "client_credentials"}, "Basic %%%", "invalid_client"),
        ({"grant_type": "password", "client_id": "rr", "client_secret": "s"}, None, "unsupported_grant_type"),
    ],
)
def test_token_requests_are_turned_down_by_name(form: dict[str, str], authorization: str | None, error: str) -> None:
    with pytest.raises(Refused) as refusal:
        Tokens(clients={"rr": "s"}).grant(form, authorization)
    assert refusal.value.error == error


def test_a_fault_strikes_the_next_answers_of_its_path_and_is_over() -> None:
    faults = Faults()
    faults.add("error", times=2, path="/lumisections")
    assert not faults.on("/agg/api/v1/runs")
    assert [bool(faults.on("/agg/api/v1/lumisections")) for _ in range(3)] == [True, True, False]
    assert faults.active == []


def test_chance_is_the_same_for_the_same_seed() -> None:
    def strikes(seed: int) -> list[bool]:
        fault = Fault(FaultKind.DROP, times=None, probability=0.3, seed=seed)
        return [fault.strikes("/runs") for _ in range(200)]

    assert strikes(1) == strikes(1) != strikes(2)
    assert 30 < sum(strikes(1)) < 90


def test_a_fault_that_cannot_be_is_refused() -> None:
    for how in ({"times": 0}, {"probability": 1.5}):
        with pytest.raises(ValueError, match="A fault strikes"):
            Faults().add("error", **how)
    with pytest.raises(ValueError, match="explosion"):
        Faults().add("explosion")
