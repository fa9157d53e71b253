"""Accepted datasets: which datasets a run gets when it is signed off, and under which names the DQM GUI lists them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Protocol, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator
from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.permitted import permitted
from backend.classify.bodies import ClassName
from backend.configuration import Body, Piece, configure, pieces, register_body
from backend.errors import InvalidInput, NotFound
from backend.record import Recorded, lock_configuration
from models.vocabulary import ConfigurationKind

RunNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]
DatasetName = Annotated[str, StringConstraints(pattern=r"^(/[^/\s]+){2,4}$", max_length=200)]
"""How the registry calls a dataset: ``/PromptReco/Collisions2018A/DQM``."""


def _lines(given: object) -> object:
    """One pattern per line; a line without any would find every dataset and is left out."""
    lines = given.split("\n") if isinstance(given, str) else given
    if not isinstance(lines, list | tuple):
        return given
    told = [line.strip() if isinstance(line, str) else line for line in lines]
    return tuple(line for line in told if line != "")


def _readable(pattern: str) -> str:
    try:
        _compiled(pattern)
    except InvalidInput as error:
        raise ValueError(str(error).rstrip(".")) from error
    return pattern


Pattern = Annotated[str, StringConstraints(min_length=1, max_length=500), BeforeValidator(_readable)]


class AcceptedDatasetBody(Body):
    """A dataset that runs of a class get, from one run to another, and the patterns that find it in the DQM GUI.

    The piece is named as the dataset; where several accept the same, further words follow after a space. A pattern is a
    regular expression that may be found anywhere in a name of the GUI; it may be given one per line.
    """

    kind: ClassVar[ConfigurationKind] = ConfigurationKind.ACCEPTED_DATASET

    name: DatasetName
    run_class: ClassName
    patterns: Annotated[tuple[Pattern, ...], BeforeValidator(_lines), Field(min_length=1)]
    run_from: RunNumber
    run_to: RunNumber

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.run_to < self.run_from:
            raise ValueError(f"the last run {self.run_to} lies before the first, {self.run_from}")
        return self

    def check_name(self, name: str) -> None:
        """The piece is named as the dataset."""
        begin, _, _ = name.partition(" ")
        if begin != self.name:
            raise InvalidInput(f"What accepts {self.name} is named so; {name!r} is not.")

    def has_run(self, run_number: int) -> bool:
        """Whether the run lies in its range."""
        return self.run_from <= run_number <= self.run_to

    def finds(self, gui_name: str) -> bool:
        """Whether one of the patterns finds a dataset of the DQM GUI."""
        return any(_compiled(pattern).search(gui_name) for pattern in self.patterns)


register_body(AcceptedDatasetBody)


class Listed(Protocol):
    """A dataset of a run that the DQM GUI lists."""

    @property
    def run_number(self) -> int: ...

    @property
    def dataset(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Tried:
    """What a pattern finds in the listing of the DQM GUI: name → in how many runs. Empty if it finds nothing."""

    pattern: str
    found: Mapping[str, int]

    @property
    def entries(self) -> int:
        """How many datasets of single runs it finds."""
        return sum(self.found.values())


def try_patterns(
    patterns: str | Sequence[str], listing: Iterable[Listed], *, run_from: int = 1, run_to: int = 2**31 - 1
) -> tuple[Tried, ...]:
    """What each of the patterns would find; what people look at before they save them.

    Parameters
    ----------
    patterns
        One per line, or each by itself.

    Raises
    ------
    InvalidInput
        If one of them is no regular expression.
    """
    runs: dict[str, int] = {}
    for entry in listing:
        if run_from <= entry.run_number <= run_to:
            runs[entry.dataset] = runs.get(entry.dataset, 0) + 1
    told = _lines(patterns)
    assert isinstance(told, tuple)
    return tuple(
        Tried(pattern, {name: runs[name] for name in sorted(runs) if _compiled(pattern).search(name)})
        for pattern in told
    )


def accepted_datasets(session: Session) -> dict[str, Piece[AcceptedDatasetBody]]:
    """Every accepted dataset by the name of its piece, those that are not enabled included."""
    return pieces(session, AcceptedDatasetBody)


def accepting(session: Session) -> tuple[AcceptedDatasetBody, ...]:
    """What is accepted now: enabled ones only."""
    return tuple(piece.body for piece in accepted_datasets(session).values() if piece.is_enabled)


def write_accepted_dataset(
    session: Session,
    actor: Actor,
    *,
    name: str,
    body: AcceptedDatasetBody | Mapping[str, Any],
    why: str,
    seen: int | None,
) -> Recorded:
    """Accept a dataset, or change how; one that was out of play stays so.

    Raises
    ------
    NotPermitted
        If the actor may not; the sentence names the e-groups that may.
    InvalidInput
        If it cannot be so, there is no reason, or nothing would change.
    Conflict
        If somebody changed the same after ``seen``, or at the same moment.
    """
    permitted(session, actor, Action.ACCEPTED_DATASET)
    lock_configuration(session, [ConfigurationKind.ACCEPTED_DATASET.value])
    standing = accepted_datasets(session).get(name)
    is_enabled = standing is None or standing.is_enabled
    return _configure(session, name=name, body=body, by=actor.name, why=why, is_enabled=is_enabled, seen=seen)


def switch_accepted_dataset(
    session: Session, actor: Actor, *, name: str, is_enabled: bool, why: str, seen: int | None
) -> Recorded:
    """Accept a dataset no more, or again, without losing how. As :func:`write_accepted_dataset`.

    Raises
    ------
    NotFound
        If there is no such piece.
    """
    permitted(session, actor, Action.ACCEPTED_DATASET)
    body = _standing(session, name).body
    return _configure(session, name=name, body=body, by=actor.name, why=why, is_enabled=is_enabled, seen=seen)


def remove_accepted_dataset(session: Session, actor: Actor, *, name: str, why: str, seen: int | None) -> Recorded:
    """Take an accepted dataset away; datasets that runs have stay. As :func:`switch_accepted_dataset`."""
    permitted(session, actor, Action.ACCEPTED_DATASET)
    is_enabled = _standing(session, name).is_enabled
    return _configure(session, name=name, body=None, by=actor.name, why=why, is_enabled=is_enabled, seen=seen)


def _standing(session: Session, name: str) -> Piece[AcceptedDatasetBody]:
    """The piece as it stands, held until the transaction ends: what is repeated of it is what is in force."""
    lock_configuration(session, [ConfigurationKind.ACCEPTED_DATASET.value])
    piece = accepted_datasets(session).get(name)
    if piece is None:
        raise NotFound(f"There is no accepted dataset {name!r}.")
    return piece


def _configure(
    session: Session,
    *,
    name: str,
    body: AcceptedDatasetBody | Mapping[str, Any] | None,
    by: str,
    why: str,
    is_enabled: bool,
    seen: int | None,
) -> Recorded:
    kind = ConfigurationKind.ACCEPTED_DATASET
    return configure(session, kind, name=name, body=body, by=by, why=why, is_enabled=is_enabled, seen=seen)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as JavaScript reads it: named groups are written ``(?<name>…)``, ``\\d`` is a digit of ASCII."""
    try:
        return re.compile(re.sub(r"\(\?<(?![=!])", "(?P<", pattern), re.ASCII)
    except re.error as error:
        raise InvalidInput(f"{pattern!r} is no regular expression: {error}.") from error
