"""What a fresh registry starts with: columns, workspaces and rights; written once, never over what people changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Engine, text
from sqlmodel import Session, select

from backend.access import DEFAULT_RIGHTS
from backend.configuration.bodies import Body, PermissionBody, Side, WorkspaceBody, WorkspaceColumn
from backend.configuration.configure import flag_column
from backend.configuration.shown import GLOBAL
from backend.db import check_schema, transaction
from backend.record import Act, ConfigurationSaid, columns_by_name, lock_configuration, record, register_columns
from backend.record.columns import NewColumn
from models.log import ConfigurationChange
from models.vocabulary import (
    DCS_BITS,
    INVERTED,
    OFFLINE_COMPONENTS,
    OFFLINE_ONLY_DETAIL,
    OMS_WORKSPACE,
    ONLINE_COMPONENTS,
    OTHER_LUMISECTION_ATTRIBUTES,
    ActKind,
    ColumnKind,
)

BY = "setup"
"""The author of what a fresh registry starts with."""

_WHY = "what a fresh registry starts with"
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('registry defaults'))")
_LABELS = {
    "btag": "B-tag",
    "egamma": "EGamma",
    "global": "Global",
    "jetmet": "JetMET",
    "lumi": "Lumi",
    "muon": "Muon",
    "tau": "Tau",
    "tracker": "Tracker",
}


def ensure_ready(on: Engine) -> None:
    """Start-up of every process: the schema is this program's, and the defaults are there.

    Raises
    ------
    DatabaseUnavailable
        If the database does not answer, or its schema is older or newer.
    """
    check_schema(on)
    ensure_defaults(on)


def ensure_defaults(on: Engine) -> bool:
    """Write the defaults that this database never had; whether there were any.

    A piece that ever had a version is left alone, even if it was taken away or undone since. Of several processes that
    start at once one writes: an advisory lock is taken, before any row and the clock, so that nobody who holds the
    clock waits for it, and so are the kinds of configuration; the others find the work done.
    """
    with transaction(on) as session:
        if not _has_gaps(session):
            return False
        session.execute(_ALONE)
        lock_configuration(session, {body.kind.value for _, body in _pieces()})
        columns = {str(column) for column in default_columns()} - columns_by_name(session).keys()
        missing = _missing_pieces(session)
        if columns:
            register_columns(session, default_columns(), by=BY, why=_WHY)
        if missing:
            record(session, Act(by=BY, why=_WHY, kind=ActKind.SETUP, configurations=tuple(missing)))
        return bool(columns or missing)


def default_columns() -> Sequence[NewColumn]:
    """The columns, in the order of their numbers: what the shift crew flags comes first."""
    flags = (flag_column(w.workspace, c) for w in default_workspaces() for c in w.columns if c.certifiable)
    details = (flag_column(w.workspace, c) for w in default_workspaces() for c in w.columns if not c.certifiable)
    bits = (NewColumn(OMS_WORKSPACE, bit, ColumnKind.BIT) for bit in DCS_BITS)
    others = (NewColumn(OMS_WORKSPACE, name, kind) for name, kind in OTHER_LUMISECTION_ATTRIBUTES.items())
    return tuple({str(column): column for column in (*flags, *details, *bits, *others)}.values())


def default_workspaces() -> Sequence[WorkspaceBody]:
    """The workspaces, online first, the global one ahead of the others on each side."""
    return (
        *_side(Side.ONLINE, ONLINE_COMPONENTS, details={}),
        *_side(Side.OFFLINE, OFFLINE_COMPONENTS, details=OFFLINE_ONLY_DETAIL),
    )


def _side(
    side: Side, components: Mapping[str, Iterable[str]], *, details: Mapping[str, Iterable[str]]
) -> Iterable[WorkspaceBody]:
    yield WorkspaceBody(side=side, workspace=GLOBAL, label=_LABELS[GLOBAL], position=0, columns=())
    for position, (workspace, shown) in enumerate(components.items(), start=1):
        certified = [_column(workspace, name, is_detail=False) for name in shown]
        further = [_column(workspace, name, is_detail=True) for name in details.get(workspace, ())]
        yield WorkspaceBody(
            side=side,
            workspace=workspace,
            label=_LABELS.get(workspace, workspace.upper()),
            position=position,
            columns=(*certified, *further),
        )


def _column(workspace: str, name: str, *, is_detail: bool) -> WorkspaceColumn:
    return WorkspaceColumn(
        name=name,
        label=name,
        certifiable=not is_detail,
        in_global=not is_detail,
        is_inverted=f"{workspace}-{name}" in INVERTED,
    )


def _has_gaps(session: Session) -> bool:
    known = columns_by_name(session)
    return any(str(column) not in known for column in default_columns()) or bool(_missing_pieces(session))


def _missing_pieces(session: Session) -> list[ConfigurationSaid]:
    ever = set(session.exec(select(ConfigurationChange.kind, ConfigurationChange.name).distinct()))
    return [
        ConfigurationSaid(body.kind.value, name, body.model_dump(mode="json"))
        for name, body in _pieces()
        if (body.kind.value, name) not in ever
    ]


def _pieces() -> Iterator[tuple[str, Body]]:
    """Every default by its name."""
    yield from ((workspace.name, workspace) for workspace in default_workspaces())
    yield from ((egroup, PermissionBody(grants=grants)) for egroup, grants in DEFAULT_RIGHTS.items())
