"""Asks json-logic-js 2.0.5 again what it says of many rules, and keeps its answers in ``differential.json.gz``.

    python tests/data/jsonlogic/regenerate.py

Needs node and npm: the package is installed into a temporary folder. The cases are the same at every call. They are
meant for the corners: every pair of strange values under every operator, written as constants, read as facts and
computed; names and indices; texts in UTF-16; loops; facts as OMS gives them, with nulls; and random rules of all that.
"""

import gzip
import json
import random
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

HERE = Path(__file__).parent
PACKAGE = "json-logic-js@2.0.5"

Json = object
Case = tuple[Json, Json]

VALUES: list[Json] = [
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        2.5,
        -0.0,
        10,
        255,
        1e21,
        1.5e-7,
        2**53 + 1,
        0.1,
        123456789012345680000,
        10**400,
        -(10**400),
    ),
    *(
        "",
        " ",
        "0",
        "1",
        "-1",
        "2.5",
        "a",
        "GOOD",
        "true",
        "null",
        "undefined",
        "NaN",
        "25ns_x",
        "0x1F",
        "0b101",
        "0xG",
    ),
    *(
        " 12\n",
        "\u00a07",
        "\x1c7",
        "1e3",
        "1e",
        ".5",
        "5.",
        "1_000",
        "٣",
        "Infinity",
        "-Infinity",
        "inf",
        "+4",
        "10",
        "9",
    ),
    *("😀", "\ue000", "é", [], [0], [1], ["25ns"], [None], [[]], [1, 2], [["a", None], 3], ["GOOD"], [True], {}),
    *({"a": 1, "b": 2}, {"length": 2}, {"indexOf": 1}),
]
COMPUTED: list[Json] = [
    *({"or": []}, {"/": [0, 0]}, {"/": [1, 0]}, {"/": [-1, 0]}, {"-": [0]}, {"+": [0.1, 0.2]}, {"cat": [1, [2, None]]}),
    *({"merge": [[1], 2]}, {"merge": []}, {"if": []}, [{"or": []}], {"*": ["3"]}, {"var": ""}, {"substr": ["😀", 1]}),
]
BINARY = ["==", "===", "!=", "!==", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%", "max", "min", "cat", "merge"]
COMPARISONS = [*BINARY[:9]]
UNARY = ["!", "!!", "+", "-", "*", "/", "%", "cat", "max", "min", "merge", "in", "log", "==", "<", "and", "or", "if"]
UNARY += ["substr", "missing", "var"]

BITS = [True, False, None]
FACTS: dict[str, list[Json]] = {
    "run.oms.energy": [6500, 6499.0, 450, None, "6500", 0],
    "run.oms.b_field": [3.8, 3.79999, 0, None, "3.8"],
    "run.oms.injection_scheme": ["25ns_2556b_2544", "Single_10b", "", None],
    "run.oms.hlt_key": ["/cdaq/physics/Run2018/2e34/v3/HLT/V2", "/cdaq/special/WMass", None],
    "run.oms.recorded_lumi": [0.08, 0.0799, 12.5, None],
    "run.rr.class": ["Collisions18", "Cosmics18", None],
    "lumisection.rr.tracker-strip": ["GOOD", "BAD", "STANDBY", "EXCLUDED", "NOTSET", None],
    "lumisection.rr.dc-lowlumi": ["BAD", "GOOD", None],
    "lumisection.oms.bpix_ready": BITS,
    "lumisection.oms.gemp_ready": BITS,
    "lumisection.oms.beam1_stable": BITS,
}


def cases() -> list[Case]:
    """Every case, in a fixed order; of the pairs of values, a part."""
    chance = random.Random(2018)
    found = [*chance.sample([*_pairs()], 24_000), *chance.sample([*_clauses()], 16_000)]
    found += [*_unary(), *_names(), *_parts_of_texts(), *_between(chance), *_loops(chance)]
    found += [(_rule(chance, 3), _facts(chance)) for _ in range(6_000)]
    found += [(_certification(chance), _facts(chance)) for _ in range(3_000)]
    return found


def _pairs() -> Iterator[Case]:
    """Two values under every operator: read from the facts, and computed."""
    ab = [{"var": "a"}, {"var": "b"}]
    for operator, (a, b) in product(BINARY, product(VALUES, VALUES)):
        yield {operator: ab}, {"a": a, "b": b}
    for operator, (a, b) in product(BINARY, product(COMPUTED, VALUES)):
        yield {operator: [a, {"var": "b"}]}, {"b": b}
        yield {operator: [{"var": "b"}, a]}, {"b": b}
    for operator, (a, b) in product(BINARY, product(COMPUTED, COMPUTED)):
        yield {operator: [a, b]}, {"a": 1}


def _unary() -> Iterator[Case]:
    for operator, value in product(UNARY, VALUES):
        yield {operator: [{"var": "a"}]}, {"a": value}
        yield {operator: {"var": "a"}}, {"a": value}
    for operator, value in product(UNARY, COMPUTED):
        yield {operator: [value]}, {"a": 1}
    yield from (({operator: []}, {"a": 1}) for operator in [*BINARY, *UNARY, "reduce", "map", "all", "none", "some"])


def _clauses() -> Iterator[Case]:
    """A fact and a constant, either way round."""
    for operator, (value, constant) in product(COMPARISONS, product(VALUES, VALUES)):
        yield {operator: [{"var": "run.oms.x"}, constant]}, {"run": {"oms": {"x": value}}}
        if operator in ("==", "<", ">=", "in"):
            yield {operator: [constant, {"var": "x"}]}, {"x": value}


def _names() -> Iterator[Case]:
    data: Json = {"a": {"b": [10, {"c": None}], "0": "zero", "": "empty"}, "t": "x😀", "n": None, "s": "", "": {"": 1}}
    names = [
        *("a", "a.b", "a.b.0", "a.b.1.c", "a.b.1.c.d", "a.b.2", "a.b.length", "a.b.00", "a.b.-1", "a.0", "a.", ".")
    ]
    names += [*("", "t.0", "t.1", "t.length", "t.5", "n", "n.x", "s", "z", "z.z", "..", None, 0, 1.5, True)]
    for name in names:
        yield {"var": name}, data
        yield {"var": [name, "default"]}, data
        yield {"var": [name, {"var": "t"}]}, data
        yield {"missing": [name, "a"]}, data
        yield {"missing": [["z", name]]}, data
        yield {"missing": {"merge": [["n"], [[name, "default"]]]}}, data
        yield from (({"missing_some": [need, [name, "z", "a", "n"]]}, data) for need in (0, 1, 2, 3, "2", None, [1]))
        yield {"missing_some": [1, {"var": name}]}, data
        yield {"var": name}, [["p", "q"], 5]
        yield {"var": name}, "text"
        yield {"var": name}, None
    again = {"k": {"cat": ["a", ".b"]}, "list": [{"var": "n"}, ["z", 5], {"merge": []}], "round": {"missing": ["z"]}}
    for key in again:
        yield {"missing": {"var": key}}, again
        yield {"missing_some": [1, {"var": key}]}, again
    yield {"var": {"cat": ["a", ".", "b"]}}, data
    yield {"var": [["a"]]}, data
    yield {"var": []}, data


def _parts_of_texts() -> Iterator[Case]:
    places: list[Json] = [0, 1, -1, 3, -3, 9, -9, 1.7, -1.7, None, "1", "-2", "x", True, [2], [-2], {}, 1e21]
    for text, start, count in product(("jsonlogic", "a😀b", 12345, None, [1, 2]), places, places):
        yield {"substr": [text, start, count]}, {}
    for text, start in product(("jsonlogic", "a😀b", "", 0.1), places):
        yield {"substr": [text, start]}, {}
    yield {"substr": ["abc", {"/": [1, 0]}, {"/": [-1, 0]}]}, {}
    for half in (0, 1, 2):
        yield {"cat": [{"substr": ["😀", 0, half]}, {"substr": ["😀", half]}]}, {}
        yield {"in": [{"substr": ["😀", half]}, "x😀y"]}, {}
        yield {"<": [{"substr": ["😀", half]}, "\ue000"]}, {}


def _between(chance: random.Random) -> Iterator[Case]:
    for _ in range(3_000):
        low, value, high = chance.choices(VALUES, k=3)
        yield {chance.choice(["<", "<="]): [low, {"var": "a"}, high]}, {"a": value}
        yield {chance.choice(BINARY): [{"var": "a"}, {"var": "b"}, {"var": "c"}]}, {"a": low, "b": value, "c": high}


def _loops(chance: random.Random) -> Iterator[Case]:
    bodies: list[Json] = [
        {"var": ""},
        {"+": [{"var": ""}, 1]},
        {">": [{"var": "x"}, 1]},
        {"var": "x"},
        True,
        {"!": {"var": ""}},
    ]
    lists: list[Json] = [
        [],
        [1, 2, 3],
        [0, None, "", []],
        [{"x": 1}, {"x": 2}, {}],
        "text",
        None,
        [[1], [2, [3]]],
        {"a": 1},
    ]
    for operator, body, items in product(("map", "filter", "all", "some", "none"), bodies, lists):
        yield {operator: [{"var": "l"}, body]}, {"l": items}
        yield {operator: [items, body]}, {"x": 1}
    steps: list[Json] = [
        {"+": [{"var": "current"}, {"var": "accumulator"}]},
        {"var": "accumulator"},
        {"var": "current.x"},
    ]
    steps += [{"cat": [{"var": "accumulator"}, {"var": "current"}]}, {"var": ""}, [{"var": "accumulator"}, 1]]
    begin: list[list[Json]] = [[], [0], [None], [{"var": "l"}], [{"or": []}], ["x"]]
    for step, items, beginning in product(steps, lists, begin):
        yield {"reduce": [{"var": "l"}, step, *beginning]}, {"l": items}
    for _ in range(500):
        yield (
            {chance.choice(["map", "filter", "all", "some", "none"]): [{"var": "l"}, _rule(chance, 2)]},
            {"l": VALUES[:9]},
        )


def _rule(chance: random.Random, depth: int) -> Json:
    """Any rule: of every operator, with as many operands as it takes, or one more or less."""
    if depth == 0 or chance.random() < 0.2:
        return chance.choice([*VALUES[:60], *COMPUTED, *[{"var": name} for name in FACTS] * 4])
    operator = chance.choice(
        [*BINARY, "if", "?:", "and", "or", "!", "!!", "substr", "+", "if", "and", "or", "map", "reduce"]
    )
    operator = chance.choice([operator] * 9 + ["filter", "all", "some", "none", "missing", "missing_some"])
    count = 2 if operator == "missing_some" else max(1, chance.choice([2, 2, 2, 3, 3, 1, 4]))
    return {operator: [_rule(chance, depth - 1) for _ in range(count)]}


def _certification(chance: random.Random) -> Json:
    """A rule as people write them: clauses under ``and`` and ``or``."""
    clauses = [_clause(chance) for _ in range(chance.randint(1, 6))]
    rule: Json = {chance.choice(["and", "and", "or"]): clauses}
    return (
        {"if": [rule, chance.choice([True, "GOOD"]), chance.choice([False, None])]} if chance.random() < 0.3 else rule
    )


def _clause(chance: random.Random) -> Json:
    name = chance.choice(list(FACTS))
    fact, value = {"var": name}, chance.choice(FACTS[name])
    if isinstance(value, str) and chance.random() < 0.5:
        return chance.choice(
            [{"in": [value[:4], fact]}, {"in": [fact, [value, "BAD"]]}, {"==": [{"in": [value, fact]}, False]}]
        )
    clause: Json = {chance.choice(COMPARISONS[:8]): chance.choice([[fact, value], [value, fact]])}
    return {"!": [clause]} if chance.random() < 0.1 else {"or": [clause, fact]} if chance.random() < 0.1 else clause


def _facts(chance: random.Random) -> Json:
    facts: dict[str, dict[str, dict[str, Json]]] = {}
    for name, values in FACTS.items():
        first, second, third = name.split(".")
        if chance.random() < 0.9:
            facts.setdefault(first, {}).setdefault(second, {})[third] = chance.choice(values)
    return facts


def main() -> None:
    """Ask the package, and keep each case with its answer."""
    asked = cases()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "install", "--silent", "--prefix", folder, PACKAGE], check=True)
        package = Path(folder, "node_modules", "json-logic-js")
        told = subprocess.run(
            ["node", HERE / "answer.cjs", package], input=json.dumps(asked), capture_output=True, text=True, check=True
        )
    kept = [[rule, data, *answer] for (rule, data), answer in zip(asked, json.loads(told.stdout), strict=True)]
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in kept)
    (HERE / "differential.json.gz").write_bytes(gzip.compress(f"[\n{lines}\n]\n".encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
