"""A list that is written in parts reads as if it were written at once."""

import json

import pytest

from backend.api.streaming import AT_ONCE, in_parts, written, written_text


@pytest.mark.parametrize("rows", [0, 1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE + 2])
def test_the_parts_are_one_list(rows: int) -> None:
    parts = list(in_parts({"run_number": number} for number in range(rows)))
    assert all(len(part) == AT_ONCE for part in parts[:-1])
    told = json.loads(b"".join(written("runs", parts, {"pages": 1, "count": rows})))
    assert told == {"runs": [{"run_number": number} for number in range(rows)], "pages": 1, "count": rows}


def test_a_part_of_which_nothing_is_left_leaves_no_gap() -> None:
    assert b"".join(written("runs", [[], [1], [], [2]], {"count": 2})) == b'{"runs":[1,2],"count":2}'


def test_a_text_in_parts_is_one_text_of_json() -> None:
    parts = ['run,"class"', "\n1,", "", "Collisions18 é\t\\"]
    assert json.loads(b"".join(written_text(parts))) == "".join(parts)
    assert json.loads(b"".join(written_text(()))) == ""
