"""Routes that change which datasets are accepted; ``id`` is that of the version that one looked at."""

from itertools import count
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from backend.access import Action, Actor
from backend.api.accepted_datasets import accepted_json
from backend.api.asked import as_json, engine_of
from backend.api.identity import writer
from backend.certify.accepted import (
    AcceptedDatasetBody,
    accepted_datasets,
    remove_accepted_dataset,
    switch_accepted_dataset,
    write_accepted_dataset,
)
from backend.certify.permitted import permitted
from backend.configuration import authored, version_in_force
from backend.db import transaction

router = APIRouter(prefix="/datasets_accepted", tags=["accepted datasets"])

VersionNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]


class AcceptedDatasetSaid(BaseModel):
    """A dataset to accept; ``regexp`` has one pattern per line."""

    name: str
    regexp: str
    run_class: str = Field(alias="class")
    run_from: int
    run_to: int
    enabled: bool = True

    def body(self) -> dict[str, Any]:
        """The same as the command takes it."""
        said = {"name": self.name, "patterns": self.regexp, "run_class": self.run_class}
        return said | {"run_from": self.run_from, "run_to": self.run_to}


@router.post("")
def accept_dataset(said: AcceptedDatasetSaid, request: Request) -> Response:
    """Accept a dataset; where another piece accepts the same, both do."""
    actor = writer(request)
    with transaction(engine_of(request)) as session:
        taken = accepted_datasets(session)
        numbered = (said.name if n == 1 else f"{said.name} {n}" for n in count(1))
        name = next(one for one in numbered if one not in taken)
        why = f"accept {said.name} of {said.run_class}"
        write_accepted_dataset(session, actor, name=name, body=said.body(), why=why, seen=None)
        _switched(session, actor, name, is_enabled=said.enabled)
        return as_json(_standing(session, name))


@router.put("/{number}")
def change_accepted_dataset(number: VersionNumber, said: AcceptedDatasetSaid, request: Request) -> Response:
    """Change how a dataset is accepted, and whether; answers with the new version."""
    actor = writer(request)
    with transaction(engine_of(request)) as session:
        permitted(session, actor, Action.ACCEPTED_DATASET)
        piece = version_in_force(session, AcceptedDatasetBody, number).piece
        if said.enabled is piece.is_enabled or said.body() != _told(piece.body):
            why, seen = f"change how {said.name} is accepted", piece.last_change
            write_accepted_dataset(session, actor, name=piece.name, body=said.body(), why=why, seen=seen)
        _switched(session, actor, piece.name, is_enabled=said.enabled)
        return as_json(_standing(session, piece.name))


@router.delete("/{number}")
def remove(number: VersionNumber, request: Request) -> Response:
    """Accept a dataset no more; answers with what it was. Datasets that runs have stay."""
    actor = writer(request)
    with transaction(engine_of(request)) as session:
        permitted(session, actor, Action.ACCEPTED_DATASET)
        found = version_in_force(session, AcceptedDatasetBody, number)
        name, why, seen = found.piece.name, f"accept {found.piece.body.name} no more", found.piece.last_change
        remove_accepted_dataset(session, actor, name=name, why=why, seen=seen)
    return as_json(accepted_json(found))


def _told(body: AcceptedDatasetBody) -> dict[str, Any]:
    return body.model_dump() | {"patterns": "\n".join(body.patterns)}


def _switched(session: Session, actor: Actor, name: str, *, is_enabled: bool) -> None:
    if accepted_datasets(session)[name].is_enabled is not is_enabled:
        why = "accepted again" if is_enabled else "out of play"
        switch_accepted_dataset(session, actor, name=name, is_enabled=is_enabled, why=why, seen=None)


def _standing(session: Session, name: str) -> dict[str, Any]:
    return next(accepted_json(one) for one in authored(session, AcceptedDatasetBody) if one.piece.name == name)
