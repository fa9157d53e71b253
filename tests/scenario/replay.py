"""The scenario once more, in this registry: its workspaces and classifiers, and what OMS served, by the simulator."""

import gzip
import json
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Engine

from backend.access import DEFAULT_RIGHTS
from backend.access.egroups import EXPERTS
from backend.certify.accepted import AcceptedDatasetBody
from backend.classify.original import original_classifiers
from backend.classify.recording import classify_run
from backend.configuration import GLOBAL, PermissionBody, Side, WorkspaceBody, WorkspaceColumn, configure
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
    """What the original was seeded with, in an empty registry: workspaces, rights, classifiers, accepted datasets."""
    with transaction(engine) as session:
        for workspace in scenario_workspaces():
            configure(session, ConfigurationKind.WORKSPACE, name=workspace.name, body=workspace, by=BY, why=_WHY)
        experts = PermissionBody(grants=DEFAULT_RIGHTS[EXPERTS])
        configure(session, ConfigurationKind.PERMISSION, name=EXPERTS, body=experts, by=BY, why=_WHY)
        recorded = recorded_classifiers()
        for name, rule, is_enabled in original_classifiers(recorded):
            configure(session, rule.kind, name=name, body=rule, is_enabled=is_enabled, by=BY, why=_WHY)
        for told in recorded["datasets_accepted"]:
            body = _accepted(told)
            configure(session, body.kind, name=body.name, body=body, is_enabled=told["enabled"], by=BY, why=_WHY)


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


def asking(simulator: Simulator) -> Settings:
    """Settings by which the simulator is asked."""
    return Settings(
        oms_url=simulator.oms_url,
        oms_token_url=simulator.oms_token_url,
        oms_client_id="scenario",
        oms_client_secret=SecretStr("scenario"),
        dqm_gui_url=simulator.dqm_gui_url,
    )


def take_in_everything(engine: Engine, simulator: Simulator) -> Look:
    """Ingest every run that OMS serves, as the worker does."""
    with open_oms(asking(simulator)) as oms:
        return back_fill(engine, oms, first=1, last=999_999, classify=classify_run)


def _accepted(told: Mapping[str, Any]) -> AcceptedDatasetBody:
    names = {"name": "name", "run_class": "class", "patterns": "regexp", "run_from": "run_from", "run_to": "run_to"}
    return AcceptedDatasetBody.model_validate({ours: told[theirs] for ours, theirs in names.items()})


def _columns(workspace: str, columns: list[str]) -> tuple[WorkspaceColumn, ...]:
    return tuple(
        WorkspaceColumn(name=name, label=name, is_inverted=f"{workspace}-{name}" in INVERTED) for name in columns
    )
