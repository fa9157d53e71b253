"""Claims of a verified token: who it is, with which e-groups, and until when; what cannot be is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.access import VISITOR
from backend.errors import LoginEnded, NotIdentified
from backend.identity import actor_from_claims, read_login
from backend.settings import Settings

NOW = datetime(2026, 11, 24, 12, 34, tzinfo=UTC)
KELLER = {
    "sub": "7f3a",
    "cern_upn": "akeller",
    "name": "A. Keller",
    "email": "anna.keller@cern.ch",
    "cern_roles": ["cms-dqm-runregistry-offline-tracker-certifiers"],
    "groups": ["cms-members", "cms-dqm-oncall"],
    "iat": NOW.timestamp() - 600,
    "exp": NOW.timestamp() + 600,
}
CHOSEN = Settings(read_without_login=True)


def chosen(**settings: object) -> Settings:
    return CHOSEN.model_copy(update=settings)


def test_a_person_is_named_so_that_nobody_else_is() -> None:
    assert actor_from_claims(KELLER, CHOSEN, now=NOW).name == "A. Keller (akeller)"
    namesake = actor_from_claims(KELLER | {"cern_upn": "akeller2"}, CHOSEN, now=NOW)
    assert namesake.name == "A. Keller (akeller2)"


def test_a_name_cannot_pass_for_another_user() -> None:
    forged = actor_from_claims(KELLER | {"cern_upn": "evil", "name": "A. Keller (akeller)"}, CHOSEN, now=NOW)
    assert forged.name == "A. Keller (akeller) (evil)"
    with pytest.raises(NotIdentified, match="cannot be the id of a user"):
        actor_from_claims(KELLER | {"cern_upn": "x) (akeller"}, CHOSEN, now=NOW)


def test_without_a_name_the_user_id_is_the_name() -> None:
    assert actor_from_claims(KELLER | {"name": None}, CHOSEN, now=NOW).name == "akeller"


def test_the_first_claim_that_is_there_is_the_user_id() -> None:
    assert read_login(KELLER, CHOSEN).user_id == "akeller"
    assert read_login({name: KELLER[name] for name in ("sub", "iat", "exp")}, CHOSEN).user_id == "7f3a"


def test_egroups_come_from_every_claim_of_roles() -> None:
    assert actor_from_claims(KELLER, CHOSEN, now=NOW).egroups == {
        "cms-dqm-runregistry-offline-tracker-certifiers",
        "cms-members",
        "cms-dqm-oncall",
    }


def test_roles_are_found_within_claims() -> None:
    inside = KELLER | {"resource_access": {"rr": {"roles": ["experts"]}}}
    assert read_login(inside, chosen(oidc_role_claims="resource_access.rr.roles")).egroups == {"experts"}
    assert read_login(KELLER | {"https://cms/roles": "one"}, chosen(oidc_role_claims="https://cms/roles")).egroups == {
        "one"
    }


@pytest.mark.parametrize("nonsense", [None, 7, {"a": "b"}, [7, None, ["x"], ""]])
def test_what_is_no_list_of_egroups_gives_none(nonsense: object) -> None:
    assert read_login(KELLER | {"cern_roles": nonsense, "groups": nonsense}, CHOSEN).egroups == frozenset()


def test_a_login_ends_with_its_token() -> None:
    ended = KELLER | {"exp": NOW.timestamp()}
    with pytest.raises(LoginEnded, match=r"^Your login ended at 12:34 UTC; log in again\.$"):
        actor_from_claims(ended, CHOSEN, now=NOW)
    assert actor_from_claims(ended, CHOSEN, now=NOW - timedelta(seconds=1)).is_verified


def test_the_end_of_a_login_on_another_day_has_the_day() -> None:
    with pytest.raises(LoginEnded, match=r"^Your login ended on 2026-11-24 at 12:44 UTC; log in again\.$"):
        actor_from_claims(KELLER, CHOSEN, now=NOW + timedelta(days=1))


def test_old_roles_are_not_believed_however_long_the_token_lasts() -> None:
    lasting = KELLER | {"exp": NOW.timestamp() + 1_000_000}
    strict = chosen(roles_max_age_seconds=900)
    assert actor_from_claims(lasting, strict, now=NOW + timedelta(seconds=299)).is_verified
    with pytest.raises(LoginEnded, match="ended at 12:39 UTC"):
        actor_from_claims(lasting, strict, now=NOW + timedelta(seconds=300))


def test_a_login_may_be_let_last_longer_than_its_token_but_no_longer_than_roles_are_believed() -> None:
    day, made = 86_400, NOW - timedelta(seconds=600)
    assert read_login(KELLER, CHOSEN, lasts_seconds=3600).ends_at == made + timedelta(hours=1)
    assert read_login(KELLER, CHOSEN, lasts_seconds=day).ends_at == made + timedelta(hours=12)


def test_a_login_from_the_future_is_not_believed() -> None:
    with pytest.raises(LoginEnded, match="yet to come"):
        actor_from_claims(KELLER | {"iat": NOW.timestamp() + 61}, CHOSEN, now=NOW)
    assert actor_from_claims(KELLER | {"iat": NOW.timestamp() + 59}, CHOSEN, now=NOW).is_verified


@pytest.mark.parametrize("missing", ["exp", "iat"])
@pytest.mark.parametrize("said", [None, "soon", True, 1e300, float("nan")])
def test_a_token_without_its_times_is_refused(missing: str, said: object) -> None:
    with pytest.raises(NotIdentified, match=f"its claim {missing} is "):
        actor_from_claims(KELLER | {missing: said}, CHOSEN, now=NOW)


@pytest.mark.parametrize("said", [None, "", "  ", 7, ["akeller"]])
def test_claims_of_nobody_are_refused(said: object) -> None:
    with pytest.raises(NotIdentified, match=r"no claim cern_upn or sub\."):
        actor_from_claims(KELLER | {"cern_upn": said, "sub": said}, CHOSEN, now=NOW)


def test_nobody_is_a_visitor_by_name_alone() -> None:
    named = actor_from_claims(KELLER | {"cern_upn": "visitor", "name": ""}, CHOSEN, now=NOW)
    assert named != VISITOR
