"""What people do with golden JSONs that are kept: describe them, mark one as official, delete it, bring it back.

Whoever made one may describe and delete it. An official one is everybody's: that takes the right ``golden.official``.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.access import Action, Actor, may, require
from backend.configuration import rights
from backend.errors import InvalidInput, NotFound, NotPermitted, WrongState
from backend.golden.change_notes import change_note
from backend.golden.file_names import checked_file_name, kind_in, year_in
from backend.golden.keeping_json import require_login
from backend.golden.words import checked_kind, checked_label, checked_note, checked_tags
from backend.queries.golden_jsons import GoldenJsonFacts, golden_json_facts
from backend.record import Act, GoldenJsonSaid, Recorded, lock_golden_jsons, record
from models.vocabulary import ActKind

_MAKER = text("""
    SELECT s."by", n.id IS NOT NULL AS is_there,
           EXISTS (SELECT FROM golden_json_change w
                   WHERE w.golden_json_id = g.id AND w.said ->> 'official' <> '') AS was_official
    FROM golden_json g JOIN change_set s ON s.id = g.change_set LEFT JOIN golden_json_now n ON n.id = g.id
    WHERE g.id = :id
""")


def describe(
    session: Session,
    actor: Actor,
    golden_json: int,
    *,
    label: str | None = None,
    note: str | None = None,
    tags: Iterable[str] | None = None,
    file_name: str | None = None,
    seen: int | None,
) -> Recorded:
    """Change the label, the note, the tags or the file name; what is none stays.

    Raises
    ------
    NotPermitted
        If it is somebody else's or official, and the actor has no right to mark official ones.
    NotFound
        If there is no such golden JSON.
    InvalidInput
        If a word cannot be, or nothing would change.
    Conflict
        If somebody changed the same after ``seen``.
    """
    facts = _editable(session, actor, golden_json)
    wanted: dict[str, Any] = {
        "label": None if label is None else checked_label(label),
        "note": None if note is None else checked_note(note),
        "tags": None if tags is None else checked_tags(tags),
        "file_name": None if file_name is None else checked_file_name(file_name),
    }
    stands = {"label": facts.label, "note": facts.note, "tags": list(facts.tags), "file_name": facts.file_name}
    said = {name: value for name, value in wanted.items() if value is not None and value != stands[name]}
    if not said:
        raise InvalidInput(f"{_called(facts)} is so already.")
    return _say(session, actor, facts.id, said, why=f"{facts}: {', '.join(said)}", seen=seen)


def mark_official(
    session: Session, actor: Actor, golden_json: int, *, kind: str, why: str = "", seen: int | None
) -> Recorded:
    """Make a golden JSON the official one of a kind; the one before it stays official, and is no more the latest.

    Without a reason, the log has what it changes against the one before.

    Raises
    ------
    NotPermitted
        If the actor may not mark official ones.
    NotFound
        If there is no such golden JSON.
    WrongState
        If it is the latest official one of the kind already, or holds nothing.
    InvalidInput
        If the kind cannot stand in a link.
    Conflict
        If somebody marked or unmarked it after ``seen``.
    """
    _require_right(session, actor)
    facts = _held(session, golden_json)
    if facts.official == kind and facts.is_latest:
        raise WrongState(f"{_called(facts)} is the official {kind} already.")
    if not facts.lumisections:
        raise WrongState(f"{_called(facts)} holds no lumisections: it cannot be official.")
    said = {"official": checked_kind(kind)}
    told = why.strip() or f"official {kind}: " + " ".join(change_note(session, facts.id, kind=kind).lines)
    return _say(session, actor, facts.id, said, why=told, seen=seen)


def unmark_official(session: Session, actor: Actor, golden_json: int, *, why: str = "", seen: int | None) -> Recorded:
    """Take the official mark away; of those of its kind the one before it is in force again, if it was the latest.

    Raises
    ------
    NotPermitted, NotFound
        If the actor may not mark official ones, or there is no such golden JSON.
    WrongState
        If it is not official.
    Conflict
        If somebody marked or unmarked it after ``seen``.
    """
    _require_right(session, actor)
    facts = _held(session, golden_json)
    if facts.official is None:
        raise WrongState(f"{_called(facts)} is not official.")
    told = why.strip() or f"{facts}: not the official {facts.official} any more"
    return _say(session, actor, facts.id, {"official": None}, why=told, seen=seen)


def delete(session: Session, actor: Actor, golden_json: int, *, why: str = "", seen: int | None) -> Recorded:
    """Delete a golden JSON: it is in no list and behind no link any more, until it is brought back.

    Raises
    ------
    NotPermitted
        If it is somebody else's or official, and the actor has no right to mark official ones.
    NotFound
        If there is no such golden JSON.
    Conflict
        If somebody changed it after ``seen``.
    """
    facts = _editable(session, actor, golden_json)
    return _say(session, actor, facts.id, {"deleted": True}, why=why.strip() or f"{facts} deleted", seen=seen)


def bring_back(session: Session, actor: Actor, golden_json: int, *, why: str = "") -> Recorded:
    """Bring back a golden JSON that was deleted, as it stood then.

    Raises
    ------
    NotPermitted
        If it is somebody else's or was official, and the actor has no right to mark official ones.
    NotFound
        If it never was, or its making was undone.
    WrongState
        If it is there.
    """
    require_login(actor)
    lock_golden_jsons(session, [golden_json])
    found = session.execute(_MAKER, {"id": golden_json}).one_or_none()
    if found is not None and (found.by != actor.name or found.was_official):
        _require_right(session, actor)
    if found is None:
        raise NotFound(f"There is no golden JSON {golden_json}.")
    if found.is_there:
        raise WrongState(f"Golden JSON {golden_json} is there: there is nothing to bring back.")
    told = why.strip() or f"golden JSON {golden_json} brought back"
    done = _say(session, actor, golden_json, {"deleted": False}, why=told, seen=None)
    golden_json_facts(session, golden_json)
    return done


def may_edit(session: Session, actor: Actor, facts: GoldenJsonFacts) -> bool:
    """Whether the actor may describe and delete it."""
    is_own = actor.is_verified and facts.made_by == actor.name and facts.official is None
    return is_own or may(actor, Action.GOLDEN_OFFICIAL, matrix=rights(session))


def suggested_kind(facts: GoldenJsonFacts) -> str:
    """The kind of which it would be official: that of its recipe, with the year: ``golden-2018``."""
    if facts.recipe_name is None:
        return "golden"
    year = year_in(facts.recipe_name)
    return kind_in(facts.recipe_name) + (f"-{year}" if year else "")


def _editable(session: Session, actor: Actor, golden_json: int) -> GoldenJsonFacts:
    """The golden JSON, held, if the actor may change it. Whose it is must be known before the right can be asked."""
    require_login(actor)
    facts = _held(session, golden_json)
    if not may_edit(session, actor, facts):
        whose = f"official {facts.official}" if facts.official else facts.made_by + "'s"
        try:
            _require_right(session, actor)
        except NotPermitted as error:
            raise NotPermitted(f"{_called(facts)} is {whose}. {error}") from error
    return facts


def _held(session: Session, golden_json: int) -> GoldenJsonFacts:
    lock_golden_jsons(session, [golden_json])
    return golden_json_facts(session, golden_json)


def _require_right(session: Session, actor: Actor) -> None:
    require(actor, Action.GOLDEN_OFFICIAL, matrix=rights(session))


def _called(facts: GoldenJsonFacts) -> str:
    return f"G{str(facts)[1:]}"


def _say(
    session: Session, actor: Actor, golden_json: int, said: dict[str, Any], *, why: str, seen: int | None
) -> Recorded:
    act = Act(actor.name, why, ActKind.GOLDEN_JSON, golden_jsons=(GoldenJsonSaid(golden_json, said),))
    return record(session, act, seen=seen)
