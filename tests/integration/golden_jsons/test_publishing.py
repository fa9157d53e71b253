"""Golden JSONs are described and deleted by who made them, and official by right; all of it is undone and rebuilt."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from backend.access import VISITOR, Action
from backend.certify.deeds import deed_of
from backend.certify.reversing import rights_to_reverse
from backend.certify.taking_back import take_back, undoable
from backend.db import transaction
from backend.errors import Conflict, InvalidInput, NotFound, NotPermitted, WrongState
from backend.golden.change_notes import change_note
from backend.golden.files import golden_file
from backend.golden.making import make
from backend.golden.publishing import (
    bring_back,
    delete,
    describe,
    mark_official,
    may_edit,
    suggested_kind,
    unmark_official,
)
from backend.golden.uploading import keep_upload
from backend.queries import latest_change
from backend.queries.golden_jsons import golden_json_facts, golden_jsons, latest_official, official_kinds
from backend.queries.log import LogFilter, log_page
from backend.rebuild import rebuild
from backend.record import undo
from models.vocabulary import ActKind
from tests.golden import RUNS
from tests.golden_kept import ALICE, BOB, DC, PER_PB, PROMPT, STRIP_GOOD, a_registry, strip_is_bad


def rows(session: Session) -> list[object]:
    shown = "SELECT to_jsonb(n) - 'last_change' - 'changed_by' FROM golden_json_now n ORDER BY id"
    return list(session.execute(text(shown)).scalars())


def test_who_made_it_describes_it_and_nobody_else_without_the_right(engine: Engine, json_of_alice: int) -> None:
    with transaction(engine) as session:
        describe(session, ALICE, json_of_alice, label="strips 2", tags=["b", "a", "b"], note="for X", seen=None)
        describe(session, DC, json_of_alice, file_name="Cert_mine.json", seen=None)
        with pytest.raises(NotPermitted, match=r"Golden JSON 1 \(strips 2\) is A\. Rossi's\. B\. Klein may not mark"):
            describe(session, BOB, json_of_alice, label="mine", seen=None)
        with pytest.raises(NotPermitted, match="visitor is not signed in"):
            describe(session, VISITOR, json_of_alice, label="mine", seen=None)
        facts = golden_json_facts(session, json_of_alice)
        assert [may_edit(session, who, facts) for who in (ALICE, DC, BOB, VISITOR)] == [True, True, False, False]
    assert (facts.label, facts.tags, facts.note) == ("strips 2", ("b", "a"), "for X")
    assert (facts.file_name, facts.changed_by, facts.made_by) == ("Cert_mine.json", "J. Novak", "A. Rossi")


def test_an_official_one_is_everybody_s_and_takes_the_right(engine: Engine, json_of_alice: int) -> None:
    with transaction(engine) as session:
        with pytest.raises(NotPermitted, match=r"A\. Rossi may not mark a golden JSON as official"):
            mark_official(session, ALICE, json_of_alice, kind="golden", seen=None)
        mark_official(session, DC, json_of_alice, kind="golden", seen=None)
        for refused in (
            lambda: describe(session, ALICE, json_of_alice, label="x", seen=None),
            lambda: delete(session, ALICE, json_of_alice, seen=None),
            lambda: unmark_official(session, ALICE, json_of_alice, seen=None),
        ):
            with pytest.raises(NotPermitted, match="mark a golden JSON as official"):
                refused()
        with pytest.raises(WrongState, match="is the official golden already"):
            mark_official(session, DC, json_of_alice, kind="golden", seen=None)


def test_the_latest_official_one_of_a_kind_is_the_one_that_was_marked_last(
    engine: Engine, columns: dict[str, int], json_of_alice: int
) -> None:
    with transaction(engine) as session:
        strip_is_bad(session, columns, 1, of=(3, 4))
    later = make(engine, BOB, rule=STRIP_GOOD, pattern=PROMPT)
    with transaction(engine) as session:
        mark_official(session, DC, later, kind="golden", seen=None)
        mark_official(session, DC, json_of_alice, kind="golden", why="the old one", seen=None)
        mark_official(session, DC, later, kind="muon-2018", seen=None)
        assert latest_official(session, "golden").id == json_of_alice
        mark_official(session, DC, later, kind="golden", seen=None)
        assert [latest_official(session, "golden").id, list(official_kinds(session))] == [later, ["golden"]]
        assert not golden_json_facts(session, json_of_alice).is_latest
        unmark_official(session, DC, later, seen=None)
        assert latest_official(session, "golden").id == json_of_alice
        with pytest.raises(NotFound, match="official golden JSON of the kind 'muon'; there are golden"):
            latest_official(session, "muon")
        with pytest.raises(WrongState, match="is not official"):
            unmark_official(session, DC, later, seen=None)


def test_the_change_note_tells_what_is_gained_and_lost_against_the_official_one_before(
    engine: Engine, columns: dict[str, int], json_of_alice: int
) -> None:
    with transaction(engine) as session:
        mark_official(session, DC, json_of_alice, kind="golden", seen=None)
        strip_is_bad(session, columns, 1, of=(3, 4))
        strip_is_bad(session, columns, 2, of=(1, 12))
    later = make(engine, ALICE, rule=STRIP_GOOD, pattern=PROMPT)
    with transaction(engine) as session:
        before_it_is_marked = change_note(session, later, kind="golden")
        marked = mark_official(session, DC, later, kind="golden", seen=None)
        note = change_note(session, later)
        back = change_note(session, json_of_alice, against=later)
        first = change_note(session, json_of_alice)
        (entry, *_) = log_page(session).entries
    assert (len(note.gained), note.lost.lumisections, note.runs_lost) == (0, 14, (2,))
    assert note.luminosity_lost.recorded_per_pb == 12 * PER_PB
    assert note.lines == before_it_is_marked.lines
    assert note.lines[1:3] == (
        "It gains nothing.",
        "It loses 14 lumisections in 2 runs (3.000 /pb recorded); whole runs: 2.",
    )
    assert "2 of 14 lumisections" in note.lines[3]
    assert (back.runs_gained, back.gained) == ((2,), note.lost)
    assert first.before is None and "first of its kind" in first.lines[0]
    assert entry.change_set == marked.change_set
    assert entry.why.startswith("official golden: Cert_") and "loses 14 lumisections" in entry.why
    assert entry.told.lines == (f"golden JSON {later}: official golden",)


def test_a_deleted_one_is_in_no_list_until_it_is_brought_back(engine: Engine, json_of_alice: int) -> None:
    with transaction(engine) as session:
        before = rows(session)
        delete(session, ALICE, json_of_alice, seen=None)
        assert golden_jsons(session).rows == ()
        for gone in (
            lambda: golden_json_facts(session, json_of_alice),
            lambda: golden_file(session, json_of_alice),
            lambda: delete(session, ALICE, json_of_alice, seen=None),
        ):
            with pytest.raises(NotFound, match=f"no golden JSON {json_of_alice}"):
                gone()
        with pytest.raises(NotPermitted, match=r"B\. Klein may not mark"):
            bring_back(session, BOB, json_of_alice)
        bring_back(session, ALICE, json_of_alice)
        assert rows(session) == before
        with pytest.raises(WrongState, match="is there"):
            bring_back(session, ALICE, json_of_alice)
        with pytest.raises(NotFound, match="no golden JSON 99"):
            bring_back(session, ALICE, 99)


def test_everything_said_of_a_golden_json_is_undone_and_redone_row_for_row(engine: Engine, json_of_alice: int) -> None:
    acts: tuple[Callable[[Session], int], ...] = (
        lambda s: describe(s, ALICE, json_of_alice, label="x", tags=["t"], seen=None).change_set,
        lambda s: mark_official(s, DC, json_of_alice, kind="golden", seen=None).change_set,
        lambda s: unmark_official(s, DC, json_of_alice, seen=None).change_set,
        lambda s: delete(s, ALICE, json_of_alice, seen=None).change_set,
    )
    with transaction(engine) as session:
        for act in acts:
            before = rows(session)
            done = act(session)
            after = rows(session)
            assert after != before
            undone = take_back(session, DC, done).change_set
            assert rows(session) == before
            take_back(session, DC, undone)
            assert rows(session) == after


def test_making_one_is_undone_unless_somebody_worked_on_it_since(engine: Engine, json_of_alice: int) -> None:
    with transaction(engine) as session:
        made = golden_json_facts(session, json_of_alice).change_set
        later = describe(session, DC, json_of_alice, label="x", seen=None).change_set
        with pytest.raises(Conflict, match=rf"Golden JSONs that change set {made} created .* undo first {later} by"):
            undo(session, made, by="J. Novak", why="mistake")
        undo(session, later, by="J. Novak", why="first")
        undo(session, made, by="J. Novak", why="then")
        assert golden_jsons(session).rows == ()


def test_the_log_tells_what_was_made_and_said(engine: Engine, json_of_alice: int) -> None:
    with transaction(engine) as session:
        describe(session, ALICE, json_of_alice, note="", tags=["a", "b"], label="x", seen=None)
        delete(session, ALICE, json_of_alice, seen=None)
        bring_back(session, ALICE, json_of_alice)
        back, gone, said, made, *_ = (entry.told.lines for entry in log_page(session).entries)
        kinds = frozenset({ActKind.GOLDEN_JSON})
        about = [log_page(session, filter=LogFilter(kinds=kinds, run_number=run)).entries for run in (RUNS[0], 999_999)]
    assert [len(entries) for entries in about] == [4, 0]
    called = f"golden JSON {json_of_alice}"
    assert made[:1] == (f"{called}: made, 2 runs, 24 lumisections",)
    assert made[1].startswith(
        f"{called}: file Cert_1-2_13TeV_PromptReco_Collisions18_JSON_Own.txt, label strips, no note"
    )
    assert (said, gone, back) == (
        (f"{called}: label x, tags a, b",),
        (f"{called}: deleted",),
        (f"{called}: brought back",),
    )


def test_an_official_mark_is_undone_only_by_who_may_set_it(engine: Engine, json_of_alice: int) -> None:
    with transaction(engine) as session:
        marked = mark_official(session, DC, json_of_alice, kind="golden", seen=None).change_set
        assert undoable(session, DC, marked).may
        assert "may not undo" in (undoable(session, ALICE, marked).why_not or "")


def test_what_was_official_comes_back_only_by_the_right(engine: Engine, json_of_alice: int) -> None:
    with transaction(engine) as session:
        mark_official(session, DC, json_of_alice, kind="golden", seen=None)
        deleted = delete(session, DC, json_of_alice, seen=None).change_set
        with pytest.raises(NotPermitted, match=r"A\. Rossi may not mark a golden JSON as official"):
            bring_back(session, ALICE, json_of_alice)
        assert rights_to_reverse(deed_of(session, deleted), before={}) == ((Action.GOLDEN_OFFICIAL, None),)
        bring_back(session, DC, json_of_alice)
        assert latest_official(session, "golden").id == json_of_alice


def test_two_who_change_the_same_are_told_and_what_differs_goes_through(engine: Engine, json_of_alice: int) -> None:
    with transaction(engine) as session:
        seen = latest_change(session).change_set
        describe(session, DC, json_of_alice, label="x", seen=seen)
        describe(session, ALICE, json_of_alice, note="y", seen=seen)
        with pytest.raises(Conflict, match=rf"J\. Novak changed label of golden JSON {json_of_alice} at"):
            describe(session, ALICE, json_of_alice, label="z", seen=seen)


def test_golden_jsons_are_rebuilt_from_the_log(engine: Engine, json_of_alice: int) -> None:
    with transaction(engine) as session:
        other = keep_upload(session, BOB, '{"2": [[1, 3]]}', came_as="x.json", label="other")
        gone = keep_upload(session, BOB, '{"2": [[1, 3]]}')
        mark_official(session, DC, other, kind="golden", seen=None)
        undo(session, mark_official(session, DC, json_of_alice, kind="golden", seen=None).change_set, by="A", why="no")
        delete(session, BOB, gone, seen=None)
        live = session.execute(text("SELECT * FROM golden_json_now ORDER BY id")).all()
    rebuild(engine)
    with transaction(engine) as session:
        assert session.execute(text("SELECT * FROM golden_json_now ORDER BY id")).all() == live
    assert [row.id for row in live] == [json_of_alice, other]


@pytest.mark.parametrize("table", ["golden_json", "golden_json_change"])
def test_the_log_of_golden_jsons_is_append_only(engine: Engine, json_of_alice: int, table: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction(engine) as session:
        session.execute(text(f"DELETE FROM {table}"))


def test_words_that_cannot_be_are_told(engine: Engine, json_of_alice: int) -> None:
    with transaction(engine) as session:
        for kind in ("Golden", "a/b", "", "-a", "x" * 41):
            with pytest.raises(InvalidInput, match="An official JSON cannot be of the kind"):
                mark_official(session, DC, json_of_alice, kind=kind, seen=None)
        for name in ("a/b.json", "x.root", ".json", "x.manifest.json", "a b.json"):
            with pytest.raises(InvalidInput, match="A file cannot be called"):
                describe(session, ALICE, json_of_alice, file_name=name, seen=None)
        with pytest.raises(InvalidInput, match="is so already"):
            describe(session, ALICE, json_of_alice, label="strips", seen=None)
        empty = keep_upload(session, ALICE, "{}")
        with pytest.raises(WrongState, match="holds no lumisections"):
            mark_official(session, DC, empty, kind="golden", seen=None)


def test_the_kind_is_suggested_by_the_recipe(engine: Engine) -> None:
    a_registry(engine)
    made = make(engine, ALICE, recipe="muon 2018")
    with transaction(engine) as session:
        assert suggested_kind(golden_json_facts(session, made)) == "muon-2018"
        assert {entry.kind for entry in log_page(session).entries} >= {ActKind.GOLDEN_JSON}
