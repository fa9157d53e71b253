"""A plan: what an act on many datasets would do, counted exactly, and the words with which it is done.

A page shows it before anything is said; the command makes it once more, with the datasets held, and records it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, fields, replace

from sqlmodel import Session

from backend.access import Actor
from backend.certify.seen import refuse_unseen
from backend.certify.ticked import Ticked
from backend.errors import WrongState
from backend.queries.flags import FlagInForce
from backend.record import Act, DatasetKey, DatasetSaid, LumisectionSaid, Recorded, record
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ActKind, Origin, Status

HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A dataset that stays as it is, and why."""

    dataset: DatasetKey
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done.

    Parameters
    ----------
    datasets
        Those that change, by run and name; new ones among them.
    left_out
        Those that were ticked and stay as they are.
    lumisections
        How many the datasets that change have together.
    flags
        (Column, from, to) → in how many lumisections of all datasets; none is unsaid.
    stays
        (Column, status) → in how many lumisections of the datasets that change it is left as it is.
    covered
        In how many lumisections of columns a person's word is covered by another.
    moves
        (Workspace, from, to) → how many datasets.
    reads, reads_of_datasets
        The places that the plan was made of, and the attributes that left datasets out: who changed one of them after
        the preview made it another plan.
    """

    datasets: tuple[DatasetKey, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    lumisections: int = 0
    flags: Mapping[tuple[str, Status | None, Status | None], int] = field(default_factory=dict)
    stays: Mapping[tuple[str, Status | None], int] = field(default_factory=dict)
    covered: int = 0
    moves: Mapping[tuple[str, str | None, str], int] = field(default_factory=dict)
    new_datasets: tuple[DatasetKey, ...] = ()
    of_datasets: tuple[DatasetSaid, ...] = ()
    of_lumisections: tuple[LumisectionSaid, ...] = ()
    reads: tuple[LumisectionSaid, ...] = ()
    reads_of_datasets: tuple[DatasetSaid, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new_datasets or self.of_datasets or self.of_lumisections)

    @property
    def why_nothing(self) -> str:
        """Why the datasets stay as they are: ``2 datasets SIGNOFF in tracker``."""
        if not self.left_out:
            return "it is so already"
        reasons = Counter(left.why for left in self.left_out)
        return ", ".join(f"{count} dataset{'s' * (count != 1)} {why}" for why, count in reasons.items())


def record_plan(
    session: Session, actor: Actor, plan: Plan, *, why: str, kind: ActKind = ActKind.BATCH, seen: int | None
) -> Recorded:
    """Do what is planned, in one act: all of it, or nothing.

    Raises
    ------
    Conflict
        If somebody changed after ``seen`` what the plan was made of, even if that left nothing to be done.
    WrongState
        If nothing would change; the sentence says why.
    """
    act = Act(
        by=actor.name,
        why=why,
        kind=kind,
        new_datasets=plan.new_datasets,
        datasets=plan.of_datasets,
        lumisections=plan.of_lumisections,
    )
    there = tuple(said for said in plan.of_datasets if said.dataset not in plan.new_datasets)
    read = replace(act, new_datasets=(), datasets=(*there, *plan.reads_of_datasets), lumisections=plan.reads)
    refuse_unseen(session, read, seen=seen)
    if not plan:
        raise WrongState(f"Nothing would change: {plan.why_nothing}.")
    return record(session, act)


@dataclass(slots=True)
class Tally:
    """A plan in the making."""

    datasets: dict[DatasetKey, int] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    flags: Counter[tuple[str, Status | None, Status | None]] = field(default_factory=Counter)
    stays: Counter[tuple[str, Status | None]] = field(default_factory=Counter)
    covered: int = 0
    moves: Counter[tuple[str, str | None, str]] = field(default_factory=Counter)
    of_datasets: list[DatasetSaid] = field(default_factory=list)
    of_lumisections: list[LumisectionSaid] = field(default_factory=list)
    reads: list[LumisectionSaid] = field(default_factory=list)
    reads_of_datasets: list[DatasetSaid] = field(default_factory=list)
    new_datasets: list[DatasetKey] = field(default_factory=list)

    def changes(self, dataset: Ticked) -> None:
        """The dataset is one of those that change."""
        self.datasets[dataset.key] = len(dataset.known)

    def leaves_out(self, dataset: Ticked, why: str, *, of: Collection[str] = ()) -> None:
        """The dataset stays as it is, because of some of its attributes."""
        self.left_out.append(LeftOut(dataset.key, why))
        if of:
            self.reads_of_datasets.append(DatasetSaid(dataset.key, dict.fromkeys(of), Origin.PERSON))

    def looks_at(self, dataset: Ticked, columns: Iterable[int]) -> None:
        """The plan is made of what holds of these columns, in all lumisections of the dataset."""
        ids = tuple(columns)
        self.reads += (a_word(dataset.key, ids, where, Status.GOOD) for where in dataset.known.ranges if ids)

    def copy(self) -> "Tally":
        """One that goes on by itself from here."""
        return Tally(**{each.name: copy(getattr(self, each.name)) for each in fields(self)})

    def plan(self) -> Plan:
        """The plan as it has become."""
        return Plan(
            datasets=tuple(self.datasets),
            left_out=tuple(self.left_out),
            lumisections=sum(self.datasets.values()),
            flags=dict(+self.flags),
            stays=dict(+self.stays),
            covered=self.covered,
            moves=dict(self.moves),
            new_datasets=tuple(self.new_datasets),
            of_datasets=tuple(self.of_datasets),
            of_lumisections=tuple(self.of_lumisections),
            reads=tuple(self.reads),
            reads_of_datasets=tuple(self.reads_of_datasets),
        )


def by_state(*desks: str) -> tuple[str, ...]:
    """The attributes that decide whether workspaces can do something with a dataset."""
    return (HIDDEN, *(f"state.{desk}" for desk in dict.fromkeys(desks)))


def a_word(
    dataset: DatasetKey,
    columns: tuple[int, ...],
    where: LumiRange,
    status: Status,
    *,
    origin: Origin = Origin.PERSON,
    cause: str | None = None,
    comment: str | None = None,
) -> LumisectionSaid:
    """One status said of columns over a range."""
    return LumisectionSaid(dataset, columns, where, int(status), origin, cause=cause, comment=comment)


def pieces(flags: Iterable[FlagInForce], known: LumiSet) -> list[tuple[LumiSet, FlagInForce | None]]:
    """The known lumisections by what holds there; none is what nobody spoke of. The flags are disjoint."""
    told: list[tuple[LumiSet, FlagInForce | None]] = []
    spoken = 0
    for flag in flags:
        where = known if known.ranges == (flag.range,) else LumiSet((flag.range,)) & known
        if where:
            told.append((where, flag))
            spoken += len(where)
    if spoken < len(known):
        told.append((known - LumiSet.of(r for where, _ in told for r in where.ranges), None))
    return told


def status_of(flag: FlagInForce | None) -> Status | None:
    """The status; none of what nobody spoke of."""
    return None if flag is None else flag.status
