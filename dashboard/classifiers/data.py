"""What the desk reads: classifiers with their versions, the facts that rules may read, runs to try them on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from backend.access import Matrix
from backend.classify import ClassifierBody, facts_here
from backend.classify.comparing import Landed, compare, landed
from backend.classify.in_force import Draft as Judging
from backend.classify.last_values import last_values
from backend.classify.preview import Impact, latest_runs
from backend.classify.trying import Seen, seen_by
from backend.configuration import Body, Piece, Version, configuration, rights, versions
from backend.queries import Condition, Operator, RunRow, latest_change, run_facts, runs_page
from backend.rules.facts import FactCatalogue, Subject
from dashboard.data import reading
from models.vocabulary import ConfigurationKind


@dataclass(frozen=True, slots=True)
class Shelf:
    """The classifiers of one kind as they stand, and the act up to which that was looked at."""

    pieces: Mapping[str, Piece[Body]]
    matrix: Matrix
    seen: int


def shelf_of(kind: ConfigurationKind) -> Shelf:
    """The classifiers of a kind; what somebody does after this look is a conflict when one saves."""
    with reading() as session:
        seen = latest_change(session).change_set
        return Shelf(configuration(session, kind), rights(session), seen)


@st.cache_data(ttl=15, show_spinner=False)
def counts_of(kinds: Sequence[ConfigurationKind]) -> dict[ConfigurationKind, int]:
    """How many classifiers of each kind there are."""
    with reading() as session:
        return {kind: len(configuration(session, kind)) for kind in kinds}


def versions_of(kind: ConfigurationKind, name: str) -> list[Version]:
    """Every version of a classifier, the latest first."""
    with reading() as session:
        return versions(session, kind, name=name)


@st.cache_resource(ttl=60, show_spinner=False)
def catalogue_of(subject: Subject) -> FactCatalogue:
    """The facts that rules of a kind may read here; they change when workspaces do."""
    with reading() as session:
        return facts_here(session, subject)


@st.cache_data(ttl=60, show_spinner=False)
def last_values_of(subject: Subject) -> dict[str, Any]:
    """The value that each fact had in the newest run that has one."""
    with reading() as session:
        return last_values(session, facts_here(session, subject))


def newest_runs(count: int) -> list[int]:
    """The numbers of the newest runs, ascending."""
    with reading() as session:
        return latest_runs(session, count)


def datasets_of(run_number: int) -> tuple[str, ...]:
    """The datasets of a run that are not hidden."""
    with reading() as session:
        return tuple(d.name for d in run_facts(session, run_number).datasets if not d.is_hidden)


def seen(body: ClassifierBody, name: str, *, run_number: int, dataset: str) -> Seen:
    """A run or dataset as this classifier sees it, with it in place of what is in force.

    Raises
    ------
    NotFound
        If there is no such run or dataset.
    InvalidRule
        If the rule cannot be judged by there.
    """
    with reading() as session:
        drafts = (Judging(name, body),)
        return seen_by(session, body.subject, run_number=run_number, dataset=dataset, drafts=drafts)


def impact_of(before: Sequence[Judging], after: Sequence[Judging], runs: Sequence[int]) -> Impact:
    """What differs on these runs."""
    with reading() as session:
        return compare(session, before, after, runs)


def landed_on(component: str, drafts: Sequence[Judging], runs: Sequence[int]) -> Mapping[int, Landed]:
    """What the lumisections of these runs are given."""
    with reading() as session:
        return landed(session, component, drafts, runs)


def rows_of(runs: Sequence[int]) -> dict[int, RunRow]:
    """The runs by number, for what stands beside a change."""
    if not runs:
        return {}
    with reading() as session:
        asked = Condition("run_number", Operator.IN, tuple(sorted(runs)))
        return {row.run_number: row for row in runs_page(session, filter=asked, limit=len(runs), with_bits=False).rows}
