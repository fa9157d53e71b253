"""Undo, redo, and undo narrowed to some datasets."""

from backend.projections.undone import Undo, Undone


def test_an_undo_takes_an_act_back_and_its_undo_brings_it_again() -> None:
    assert Undone.of([Undo(2, 1, None)]).everywhere == {1}
    assert Undone.of([Undo(2, 1, None), Undo(3, 2, None)]).everywhere == {2}
    assert Undone.of([Undo(2, 1, None), Undo(3, 2, None), Undo(4, 3, None)]).everywhere == {1, 3}


def test_an_undo_narrowed_to_a_dataset_leaves_the_others() -> None:
    undone = Undone.of([Undo(2, 1, {"datasets": [7]})])
    assert undone.acts("datasets", 7) == {1}
    assert undone.acts("datasets", 8) == undone.acts("runs", 7) == frozenset()


def test_a_whole_redo_of_a_narrow_undo_and_a_narrow_redo_of_a_whole_one() -> None:
    assert Undone.of([Undo(2, 1, {"datasets": [7]}), Undo(3, 2, None)]).acts("datasets", 7) == {2}
    narrow = Undone.of([Undo(2, 1, None), Undo(3, 2, {"datasets": [7]})])
    assert narrow.acts("datasets", 7) == {2}
    assert narrow.acts("datasets", 8) == {1}
