"""Personal tokens: shown once, kept hashed, never more than their owner may, and gone for good when revoked."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from backend.access import DEFAULT_RIGHTS, VISITOR, Action, Actor, Matrix, demo_actor, may, require
from backend.errors import InvalidInput, NotFound, NotIdentified, NotPermitted
from backend.identity.personal import (
    MOST_TOKENS,
    MadeToken,
    everybodys_tokens,
    make_token,
    remember_person,
    revoke_token,
    token_shown,
    tokens_of,
)

DEFAULT = Matrix.of(DEFAULT_RIGHTS)
KELLER = demo_actor("tracker-certifier")
EXPERT = demo_actor("dc-expert")
ADMIN = demo_actor("admin")
NOW = datetime.now(UTC)


def made(session: Session, actor: Actor = KELLER, *scope: str, name: str = "nightly", days: int = 30) -> MadeToken:
    remember_person(session, actor, seen_at=NOW)
    return make_token(session, actor, name=name, scope=scope, days=days, most_days=90)


def shown(session: Session, secret: str, *, login_days: float = 30) -> Actor:
    return token_shown(session, secret, login_days=login_days).actor


def later(session: Session, table: str, column: str, **by: int) -> None:
    """Let something have happened so much earlier; what a token is cannot be changed, so the guard is put aside."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text(f"UPDATE {table} SET {column} = {column} - :by"), {"by": timedelta(**by)})
    session.execute(text("SET LOCAL session_replication_role = DEFAULT"))


def test_the_secret_is_told_once_and_kept_as_nothing_that_could_be_shown(session: Session) -> None:
    new = made(session)
    assert re.fullmatch(r"rr_[0-9a-f]{64}", new.secret)
    assert new.secret not in repr(new)
    kept = session.execute(text("SELECT t::text FROM personal_token t")).scalar_one()
    assert new.secret not in kept and new.secret.removeprefix("rr_") not in kept


def test_a_token_speaks_in_its_owners_name_within_its_scope(session: Session) -> None:
    actor = shown(session, made(session, KELLER, "flags:tracker", "run.class").secret)
    assert actor.name == "A. Keller"
    assert may(actor, Action.FLAGS, "tracker", matrix=DEFAULT)
    assert not may(actor, Action.DATASET_MOVE, "tracker", matrix=DEFAULT)
    assert not may(actor, Action.RUN_CLASS, matrix=DEFAULT), "a scope gives nothing that its owner has not"


def test_a_refusal_says_that_it_was_the_scope(session: Session) -> None:
    actor = shown(session, made(session, KELLER, "flags:tracker").secret)
    with pytest.raises(NotPermitted, match=r"A\. Keller, by a token for flags:tracker, may not move a dataset on"):
        require(actor, Action.DATASET_MOVE, "tracker", matrix=DEFAULT)


def test_a_star_is_all_that_the_owner_may_and_no_scope_reads(session: Session) -> None:
    everything = shown(session, made(session, KELLER, "*").secret)
    reads = shown(session, made(session, KELLER, name="reads").secret)
    for action in Action:
        assert may(everything, action, "tracker", matrix=DEFAULT) is may(KELLER, action, "tracker", matrix=DEFAULT)
        assert not may(reads, action, "tracker", matrix=DEFAULT)


def test_rights_follow_the_owners_latest_login(session: Session) -> None:
    secret = made(session, KELLER, "*").secret
    left = Actor(KELLER.name, frozenset(), is_verified=True)
    remember_person(session, left, seen_at=NOW - timedelta(hours=1))
    assert shown(session, secret).egroups == KELLER.egroups, "an older login says nothing new"
    remember_person(session, left, seen_at=NOW + timedelta(hours=1))
    assert not may(shown(session, secret), Action.FLAGS, "tracker", matrix=DEFAULT)


def test_rights_follow_the_matrix(session: Session) -> None:
    actor = shown(session, made(session, KELLER, "flags:tracker").secret)
    assert not may(actor, Action.FLAGS, "tracker", matrix=Matrix.of({}))


@pytest.mark.parametrize(
    ("table", "column", "days", "sentence"),
    [
        ("personal_token", "expires_at", 31, "The token 'nightly' expired on"),
        ("known_person", "seen_at", 31, r"A\. Keller last signed in on .*: a token works for 30 days after that"),
    ],
)
def test_a_token_ends(session: Session, table: str, column: str, days: int, sentence: str) -> None:
    secret = made(session).secret
    later(session, table, column, days=days - 2)
    shown(session, secret)
    later(session, table, column, days=2)
    with pytest.raises(NotIdentified, match=sentence):
        shown(session, secret)


def test_a_revoked_token_stays_revoked(session: Session) -> None:
    new = made(session, KELLER, "*")
    revoke_token(session, KELLER, new.token.id, matrix=DEFAULT)
    with pytest.raises(NotIdentified, match="The token 'nightly' was revoked on"):
        shown(session, new.secret)
    with pytest.raises(InvalidInput, match=r"was revoked by A\. Keller on"):
        revoke_token(session, KELLER, new.token.id, matrix=DEFAULT)
    made(session, KELLER, name="nightly")
    assert [token.revoked_by for token in tokens_of(session, KELLER)] == [None, "A. Keller"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE personal_token SET revoked_at = NULL",
        "UPDATE personal_token SET scope = '{*}'",
        "UPDATE personal_token SET expires_at = expires_at + interval '1 year'",
        "UPDATE personal_token SET owner = owner",
        "DELETE FROM personal_token",
        "TRUNCATE personal_token",
    ],
)
def test_the_database_keeps_a_token_as_it_is(session: Session, change: str) -> None:
    new = made(session)
    revoke_token(session, KELLER, new.token.id, matrix=DEFAULT)
    with pytest.raises(IntegrityError, match="revoked for good"), session.begin_nested():
        session.execute(text(change))


def test_somebody_elses_token_is_seen_and_revoked_by_whoever_answers_for_rights(session: Session) -> None:
    new = made(session, KELLER, "*")
    with pytest.raises(NotPermitted, match=r"J\. Novak may not change who may do what"):
        revoke_token(session, EXPERT, new.token.id, matrix=DEFAULT)
    with pytest.raises(NotPermitted):
        revoke_token(session, EXPERT, new.token.id + 1, matrix=DEFAULT)
    with pytest.raises(NotPermitted):
        everybodys_tokens(session, EXPERT, matrix=DEFAULT)
    with pytest.raises(NotFound, match="There is no token"):
        revoke_token(session, ADMIN, new.token.id + 1, matrix=DEFAULT)
    assert [token.owner for token in everybodys_tokens(session, ADMIN, matrix=DEFAULT)] == ["A. Keller"]
    assert tokens_of(session, ADMIN) == ()
    assert revoke_token(session, ADMIN, new.token.id, matrix=DEFAULT).revoked_by == "L. Moreau"


def test_tokens_are_of_people_who_sign_in(session: Session) -> None:
    script = shown(session, made(session, KELLER, "*").secret)
    for nobody in (VISITOR, script):
        with pytest.raises(NotPermitted):
            make_token(session, nobody, name="more", scope=("*",), days=1, most_days=90)
        with pytest.raises(NotPermitted):
            remember_person(session, nobody, seen_at=NOW)
        with pytest.raises(NotPermitted):
            revoke_token(session, nobody, 1, matrix=DEFAULT)
    with pytest.raises(InvalidInput, match=r"J\. Novak never signed in here"):
        make_token(session, EXPERT, name="nightly", scope=(), days=1, most_days=90)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"name": " "}, "A token cannot be named ''"),
        ({"name": "a\nb"}, "cannot be named"),
        ({"name": "x" * 81}, "1 to 80 characters"),
        ({"days": 0}, "good for 1 to 90 days, not 0"),
        ({"days": 91}, "good for 1 to 90 days, not 91"),
        ({"scope": ["flag:tracker"]}, "There is no right 'flag:tracker'"),
        ({"name": "nightly"}, "There is a token 'nightly' already"),
    ],
)
def test_a_token_that_cannot_be_is_refused(session: Session, said: dict[str, object], sentence: str) -> None:
    made(session)
    with pytest.raises(InvalidInput, match=sentence):
        make_token(session, KELLER, **{"name": "new", "scope": [], "days": 1, "most_days": 90} | said)  # type: ignore[arg-type]


def test_there_are_not_many_of_one_person(session: Session) -> None:
    for number in range(MOST_TOKENS):
        made(session, name=f"token {number}")
    with pytest.raises(InvalidInput, match=r"A\. Keller has 30 tokens, the most there may be"):
        made(session, name="one more")


@pytest.mark.parametrize(
    "secret",
    [
        "rr_",
        "rr_" + "0" * 63,
        "rr_" + "0" * 65,
        "rr_" + "G" * 64,
        "rr_" + "0" * 64,
        "RR_" + "0" * 64,
        "rr_'; --",
        "rr_" + "0" * 64 + "\n",
    ],
)
def test_what_is_no_token_is_nobody(session: Session, secret: str) -> None:
    made(session)
    with pytest.raises(NotIdentified):
        shown(session, secret)


def test_the_last_use_is_kept_by_the_minute(session: Session) -> None:
    secret = made(session).secret
    assert tokens_of(session, KELLER)[0].last_used_at is None
    shown(session, secret)
    first = tokens_of(session, KELLER)[0].last_used_at
    assert first is not None
    later(session, "personal_token", "last_used_at", seconds=50)
    shown(session, secret)
    assert tokens_of(session, KELLER)[0].last_used_at == first - timedelta(seconds=50)
    later(session, "personal_token", "last_used_at", seconds=20)
    shown(session, secret)
    assert tokens_of(session, KELLER)[0].last_used_at == first


def test_a_scope_of_a_right_that_is_gone_is_no_right(session: Session) -> None:
    secret = made(session, KELLER, "flags:tracker").secret
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text("UPDATE personal_token SET scope = '{flags.of.old,dataset.move:tracker}'"))
    actor = shown(session, secret)
    assert actor.scope is not None and list(map(str, actor.scope)) == ["dataset.move:tracker"]
