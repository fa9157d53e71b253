"""A registry of two thousand certified runs, written straight into the projections: for measuring golden JSONs.

Each run has an ``online`` dataset with what OMS says and a Prompt one with flags. Beams become stable a while after
the run began; bits fail and flags are BAD in some ranges; the prescale changes as luminosity falls. The golden rule of
2018 then keeps three ranges of a run; in the published file of that year it is 1.6.
"""

from collections.abc import Mapping

import numpy as np
from sqlalchemy import Engine, text

from backend.configuration import ensure_defaults
from backend.db import transaction
from backend.golden.cells import Ints
from backend.projections.attributes import AttributeChange
from backend.projections.picture import DatasetWords, Picture, draw_datasets
from backend.projections.runs import run_row
from backend.projections.segments import Words
from backend.projections.undone import Undone
from backend.record import columns_by_name, register_texts
from backend.record.publishing import publish
from models.vocabulary import DCS_BITS, ONLINE, ActKind, Bit, ColumnKind, Origin, Status

FIRST_RUN = 500_001
PROMPT = "/PromptReco/Collisions2018D/DQM"
_FAILURES, _BAD, _PRESCALES = 1, 6, 8
_PIECE = 500
_STATES = {"state.global": "COMPLETED", "state.tracker": "COMPLETED"}
_OMS = {
    "energy": 6500, "b_field": 3.8, "injection_scheme": "25ns_2556b_2544_2215_2332_144bpi_20injV3",
    "hlt_key": "/cdaq/physics/Run2018/2e34/v3.6.1/HLT/V2", "recorded_lumi": 120.5,
}  # fmt: skip


def fill_with_lumisections(on: Engine, *, runs: int, seed: int = 2018) -> int:
    """Put so many runs with a Prompt dataset each into an empty registry; gives how many lumisections they have."""
    ensure_defaults(on)
    chance = np.random.default_rng(seed)
    lengths = chance.integers(500, 2_500, runs)
    for begin in range(0, runs, _PIECE):
        _fill(on, chance, begin, lengths[begin : begin + _PIECE])
    with on.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return int(lengths.sum())


def _fill(on: Engine, chance: np.random.Generator, begin: int, lengths: Ints) -> None:
    with transaction(on) as session:
        columns = columns_by_name(session)
        names = register_texts(session, columns["oms-prescale_name"], words=[f"{n}e33" for n in range(20)], by="bench")
    flags = [column.id for column in columns.values() if column.kind is ColumnKind.FLAG]
    low = columns["dc-lowlumi"].id
    bits = [columns[f"oms-{bit}"].id for bit in DCS_BITS]
    beams = [columns[f"oms-beam{n}_stable"].id for n in (1, 2)]
    online = 2 * np.arange(begin, begin + len(lengths)) + 1
    prompt = online + 1
    stable = (lengths * chance.uniform(0.01, 0.1, len(lengths))).astype(np.int64) + 1
    ones = np.ones_like(lengths)
    parts = [
        *((online, bit, stable if bit in beams else ones, lengths, int(Bit.TRUE)) for bit in bits),
        *(
            (dataset, f, ones, lengths, int(Status.BAD if f == low else Status.GOOD))
            for f in flags
            for dataset in (online, prompt)
        ),
    ]
    for dataset, among, value, times in (
        (online, bits, int(Bit.FALSE), _FAILURES),
        (prompt, flags, int(Status.BAD), _BAD),
        (online, flags, int(Status.BAD), _BAD // 2),
        (online, [columns["oms-prescale_index"].id], 3, _PRESCALES),
        (online, [columns["oms-prescale_name"].id], names["7e33"], _PRESCALES),
    ):
        for number in range(times):
            first = (chance.random(len(lengths)) * lengths).astype(np.int64) + 1
            last = np.minimum(lengths, first + chance.integers(0, 60, len(lengths)))
            step = number if value in (3, names["7e33"]) else 0
            parts.append((dataset, chance.choice(among, len(lengths)), first, last, value + step))
    words = _words(parts)
    picture = Picture()
    known = {int(d): [1, int(n)] for ids in (online, prompt) for d, n in zip(ids, lengths, strict=True)}
    draw_datasets(picture, _datasets(known, {*online.tolist()}), words=words, noted={})
    picture.runs.extend(_run(id_, flat) for id_, flat in known.items() if id_ % 2)
    with transaction(on) as session:
        publish(session, picture)


def _words(parts: list[tuple[Ints, Ints | int, Ints, Ints, int]]) -> Words:
    sizes = [len(part[0]) for part in parts]
    column = np.concatenate([np.broadcast_to(part[1], len(part[0])) for part in parts])
    count = sum(sizes)
    return Words(
        dataset=np.concatenate([part[0] for part in parts]),
        column=column.astype(np.int64),
        first=np.concatenate([part[2] for part in parts]),
        last=np.concatenate([part[3] for part in parts]),
        value=np.repeat([part[4] for part in parts], sizes),
        change=np.arange(count),
        origin=np.full(count, int(Origin.RULE)),
        is_withdrawal=np.zeros(count, bool),
        is_noted=np.zeros(count, bool),
    )


def _run_of(dataset: int) -> int:
    return FIRST_RUN + (dataset - 1) // 2


def _datasets(known: dict[int, list[int]], online: set[int]) -> list[DatasetWords]:
    return [
        DatasetWords(
            id=id_,
            run_number=_run_of(id_),
            name=ONLINE if id_ in online else PROMPT,
            run_known=flat,
            changes=[
                _change(id_, {} if id_ in online else {"state.global": "COMPLETED", "state.tracker": "COMPLETED"})
            ],
            touched=None,
            old_counts=[],
            old_bits=[],
            old_notes={},
            last_change=1,
            changed_by="bench",
        )
        for id_, flat in known.items()
    ]


def _run(id_: int, flat: list[int]) -> dict[str, object]:
    run = _run_of(id_)
    said = {f"oms.{name}": value for name, value in _OMS.items()} | {"known": [flat], "run_class": "Collisions18"}
    said |= {f"oms.an_attribute_of_oms_{n}": n * 1234.5 for n in range(55)}
    row = run_row(run, [_change(run, said)], Undone.of(()))
    assert row is not None
    return row | {"last_change": 1, "changed_by": "bench"}


def _change(of: int, said: Mapping[str, object]) -> AttributeChange:
    return AttributeChange(1, 1, of, int(Origin.RULE), said, None, ActKind.INGEST, "bench")
