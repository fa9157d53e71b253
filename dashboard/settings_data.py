"""What the Settings page reads: configuration as it stands, its versions, the DQM GUI's listing, and the worker."""

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from backend.access import Actor, Matrix, RightsDifference
from backend.certify.accepted import AcceptedDatasetBody
from backend.certify.adopting import differences_of_rights
from backend.configuration import Body, Piece, Version, changed_by, pieces, rights, versions
from backend.identity.personal import PersonalToken, everybodys_tokens, tokens_of
from backend.ingest.dqm_gui import GuiDataset, open_dqm_gui
from backend.queries import Health, JobTick, health, latest_change
from backend.queries.work import TaskRow, tasks, ticks_of
from backend.settings import settings
from dashboard.data import reading
from models.vocabulary import ConfigurationKind

B = TypeVar("B", bound=Body)


def standing(model: type[B]) -> tuple[Mapping[str, Piece[B]], int]:
    """Every piece with such a body by name, and the act up to which that was looked at."""
    with reading() as session:
        seen = latest_change(session).change_set
        return pieces(session, model), seen


def accepted() -> tuple[Mapping[str, Piece[AcceptedDatasetBody]], int]:
    """The accepted datasets in the order of their runs, and the act up to which that was looked at."""
    found, seen = standing(AcceptedDatasetBody)
    return dict(sorted(found.items(), key=lambda item: (-item[1].body.run_from, item[0]))), seen


def matrix() -> Matrix:
    """The rights in force."""
    with reading() as session:
        return rights(session)


def rights_news() -> tuple[RightsDifference, ...]:
    """In what the rights in force differ from those that this version starts with."""
    with reading() as session:
        return differences_of_rights(session)


def versions_of(kind: ConfigurationKind, name: str) -> list[Version]:
    """Every version of a piece, the latest first."""
    with reading() as session:
        return versions(session, kind, name=name)


def changed_since(kind: ConfigurationKind, name: str, seen: int) -> tuple[str, ...]:
    """Who changed a piece after that act, or took such a change back: the latest first."""
    with reading() as session:
        return changed_by(session, kind, name=name, since=seen)


@st.cache_data(ttl=300, show_spinner="The DQM GUI is asked for its listing …")
def gui_listing(address: str) -> list[GuiDataset]:
    """What the DQM GUI at this address lists now.

    Raises
    ------
    SourceUnavailable
        If it does not answer.
    """
    with open_dqm_gui(settings()) as gui:
        return gui.datasets()


def health_now() -> Health:
    """How the registry is."""
    with reading() as session:
        return health(session, settings())


def last_ticks(job: str) -> tuple[JobTick, ...]:
    """The last ticks of a job."""
    with reading() as session:
        return ticks_of(session, job)


def last_tasks(before: int | None = None) -> tuple[TaskRow, ...]:
    """The last tasks that people asked for."""
    with reading() as session:
        return tasks(session, limit=30, before=before)


def tokens_seen(person: Actor, *, is_everybodys: bool = False) -> tuple[PersonalToken, ...]:
    """The tokens of a person, or everybody's, for whoever answers for rights.

    Raises
    ------
    NotPermitted
        If everybody's are asked for without the right.
    """
    with reading() as session:
        if is_everybodys:
            return everybodys_tokens(session, person, matrix=rights(session))
        return tokens_of(session, person)
