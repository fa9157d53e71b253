"""The scenario once more, in this registry: its workspaces and classifiers, and what OMS served, by the simulator."""

import gzip
import json
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Engine

from backend.classify.original import original_classifiers
from backend.classify.recording import classify_run
from backend.configuration import GLOBAL, Side, WorkspaceBody, WorkspaceColumn, configure
from backend.db import transaction
from backend.ingest.looks import Look, back_fill
from backend.ingest.oms import open_oms
from backend.settings import Settings
from models.vocabulary import INVERTED, ConfigurationKind
from scripts.simulator.running import Simulator
from tests.scenario.states import DATA

BY = "shifter@cern.ch"
"""Who configured the original."""

_WHY = "the scenario begins"


def configure_scenario(engine: Engine) -> None:
    """The workspaces and classifiers that the original was seeded with, in a registry without any."""
    with transaction(engine) as session:
        for body in scenario_workspaces():
            configure(session, ConfigurationKind.WORKSPACE, name=body.name, body=body, by=BY, why=_WHY)
        for name, body, is_enabled in original_classifiers(recorded_classifiers()):
            configure(session, body.kind, name=name, body=body, is_enabled=is_enabled, by=BY, why=_WHY)


def scenario_workspaces() -> list[WorkspaceBody]:
    """The workspaces, the global one of each side first."""
    recorded = json.loads((DATA / "scenario" / "workspaces.json").read_text())
    return [
        WorkspaceBody(side=Side(side), workspace=name, label=name, position=position, columns=_columns(name, columns))
        for side, workspaces in recorded.items()
        for position, (name, columns) in enumerate({GLOBAL: [], **workspaces}.items())
    ]


def recorded_classifiers() -> dict[str, list[dict[str, Any]]]:
    """The classifiers by kind, in the original's form and order."""
    classifiers: dict[str, list[dict[str, Any]]] = json.loads(
        gzip.decompress((DATA / "scenario" / "classifiers.json.gz").read_bytes())
    )
    return classifiers


def take_in_everything(engine: Engine, simulator: Simulator) -> Look:
    """Ingest every run that OMS serves, as the worker does."""
    settings = Settings(
        oms_url=simulator.oms_url,
        oms_token_url=simulator.oms_token_url,
        oms_client_id="scenario",
        oms_client_secret=SecretStr("scenario"),
    )
    with open_oms(settings) as oms:
        return back_fill(engine, oms, first=1, last=999_999, classify=classify_run)


def _columns(workspace: str, columns: list[str]) -> tuple[WorkspaceColumn, ...]:
    return tuple(
        WorkspaceColumn(name=name, label=name, is_inverted=f"{workspace}-{name}" in INVERTED) for name in columns
    )
