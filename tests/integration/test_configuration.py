"""Configuration: one versioned mechanism for every kind, and what a fresh registry starts with."""

import subprocess
import sys

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from backend.access import DEFAULT_RIGHTS, Matrix
from backend.configuration import (
    CausesBody,
    PermissionBody,
    Side,
    WorkspaceBody,
    WorkspaceColumn,
    causes,
    configuration,
    configure,
    ensure_defaults,
    register_body,
    rights,
    versions,
    workspaces,
)
from backend.db import transaction
from backend.errors import Conflict, InvalidInput, NotFound
from backend.record import Recorded, columns_by_name, undo
from models.vocabulary import (
    ColumnKind,
    ConfigurationKind,
)

PERMISSION, WORKSPACE, CAUSE = ConfigurationKind.PERMISSION, ConfigurationKind.WORKSPACE, ConfigurationKind.CAUSE
EGROUP = "cms-dqm-runregistry-offline-gem-certifiers"


def grant(session: Session, *grants: str, seen: int | None = None, by: str = "L. Moreau") -> Recorded:
    body = PermissionBody(grants=grants)
    return configure(session, PERMISSION, name=EGROUP, body=body, by=by, why="they asked", seen=seen)


def a_workspace(*columns: str, **more: object) -> dict[str, object]:
    made = [{"name": name, "label": name} for name in columns]
    return {"side": "offline", "workspace": "zdc", "label": "ZDC", "position": 30, "columns": made} | more


def set_up_workspace(session: Session, body: object, name: str = "offline/zdc") -> Recorded:
    return configure(session, WORKSPACE, name=name, body=body, by="L. Moreau", why="ZDC joins")  # type: ignore[arg-type]


def changes(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT n FROM clock")).scalar_one())


def test_a_piece_is_in_force_as_it_was_configured(session: Session) -> None:
    recorded = grant(session, "flags:gem", "undo")
    piece = configuration(session, PERMISSION)[EGROUP]
    assert piece.body == PermissionBody(grants=("flags:gem", "undo"))
    assert (piece.version, piece.last_change, piece.is_enabled) == (1, recorded.change_set, True)


def test_every_version_is_kept_with_its_author_and_reason(session: Session) -> None:
    grant(session, "flags:gem")
    grant(session, "undo", by="A. Petrov")
    second, first = versions(session, PERMISSION, name=EGROUP)
    assert (second.version, second.by, second.why, second.is_in_force) == (2, "A. Petrov", "they asked", True)
    assert (first.version, first.body, first.is_in_force) == (1, {"grants": ["flags:gem"]}, False)


def test_an_old_version_is_restored_as_a_new_one(session: Session) -> None:
    grant(session, "flags:gem")
    grant(session, "undo")
    old = versions(session, PERMISSION, name=EGROUP)[1].body
    configure(session, PERMISSION, name=EGROUP, body=old, by="L. Moreau", why="restore version 1")
    piece = configuration(session, PERMISSION)[EGROUP]
    assert (piece.version, piece.body) == (3, PermissionBody(grants=("flags:gem",)))


def test_an_undone_version_leaves_the_one_before_in_force(session: Session) -> None:
    grant(session, "flags:gem")
    second = grant(session, "undo")
    undo(session, second.change_set, by="L. Moreau", why="a slip")
    piece = configuration(session, PERMISSION)[EGROUP]
    assert piece.body == PermissionBody(grants=("flags:gem",))
    assert [v.is_in_force for v in versions(session, PERMISSION, name=EGROUP)] == [False, True]


def test_a_piece_that_is_taken_away_is_gone_but_not_forgotten(session: Session) -> None:
    grant(session, "flags:gem")
    configure(session, PERMISSION, name=EGROUP, body=None, by="L. Moreau", why="the group is closed")
    assert EGROUP not in configuration(session, PERMISSION)
    assert [v.body for v in versions(session, PERMISSION, name=EGROUP)] == [None, {"grants": ["flags:gem"]}]


def test_a_change_of_what_somebody_else_changed_since_is_a_conflict(session: Session) -> None:
    seen = grant(session, "flags:gem").change_set
    grant(session, "undo", seen=seen, by="A. Petrov")
    with pytest.raises(Conflict, match=r"A\. Petrov changed permission of cms-dqm-runregistry-offline-gem"):
        grant(session, "flags:*", seen=seen)


def test_what_nothing_changes_is_refused(session: Session) -> None:
    grant(session, "flags:gem")
    with pytest.raises(InvalidInput, match=r"is so already \(version 1\)"):
        grant(session, "flags:gem")


def test_taking_away_what_is_not_there_is_refused(session: Session) -> None:
    with pytest.raises(NotFound, match="There is no cause 'tracker' to take away"):
        configure(session, CAUSE, name="tracker", body=None, by="L. Moreau", why="tidy")


@pytest.mark.parametrize(
    ("kind", "name", "body", "sentence"),
    [
        (PERMISSION, EGROUP, {"grants": ["flag:gem"]}, "There is no right 'flag:gem'. Is 'flags' meant"),
        (PERMISSION, EGROUP, {"grants": ["undo"], "routes": [".*"]}, "routes: Extra inputs are not permitted"),
        (PERMISSION, " ", {"grants": ["undo"]}, "A permission cannot be named ' '"),
        (WORKSPACE, "offline/zdc", a_workspace("a-b"), "columns.0.name: String should match"),
        (WORKSPACE, "offline/zdc", a_workspace("zdc", "zdc"), "the column 'zdc' is there twice"),
        (WORKSPACE, "online/zdc", a_workspace("zdc"), "is named 'offline/zdc', not 'online/zdc'"),
        (WORKSPACE, "offline/zdc", a_workspace(side="sideways"), "side: Input should be 'online' or 'offline'"),
    ],
)
def test_a_body_that_cannot_be_is_refused_before_anything_is_recorded(
    engine: Engine, kind: ConfigurationKind, name: str, body: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence), transaction(engine) as session:
        configure(session, kind, name=name, body=body, by="L. Moreau", why="try")
    assert changes(engine) == 0


def test_a_change_needs_a_reason(session: Session) -> None:
    with pytest.raises(InvalidInput, match="A change of the permission 'x' needs a reason"):
        configure(session, PERMISSION, name="x", body={"grants": []}, by="L. Moreau", why=" ")


def test_a_further_kind_plugs_in_by_registering_its_body() -> None:
    program = """
from typing import ClassVar
from backend.configuration import Body, bodies, body_model, register_body
from backend.errors import InvalidInput
from models.vocabulary import ConfigurationKind
bodies._MODELS.clear()
class Rule(Body):
    kind: ClassVar[ConfigurationKind] = ConfigurationKind.RUN_CLASS
try:
    body_model(Rule.kind)
except InvalidInput as error:
    assert "of the kind 'run class'" in str(error)
register_body(Rule)
register_body(Rule)
assert body_model(Rule.kind) is Rule
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_kind_has_one_body() -> None:
    with pytest.raises(ValueError, match="has the body PermissionBody already"):
        register_body(type("Other", (PermissionBody,), {}))


def test_a_workspace_with_new_columns_makes_them_exist_in_the_same_transaction(session: Session) -> None:
    set_up_workspace(session, a_workspace("zdc", "zdc_em"))
    known = columns_by_name(session)
    assert known["zdc-zdc"].kind is ColumnKind.FLAG
    assert [w.workspace for w in workspaces(session, Side.OFFLINE)] == ["zdc"]


def test_a_column_keeps_its_meaning(session: Session) -> None:
    set_up_workspace(session, a_workspace("zdc"))
    inverted = [{"name": "zdc", "label": "zdc", "is_inverted": True}]
    with pytest.raises(InvalidInput, match="The column zdc-zdc is a flag that is not inverted, and stays so"):
        set_up_workspace(session, a_workspace(columns=inverted))


def test_rights_that_are_not_enabled_play_no_part(session: Session) -> None:
    body = PermissionBody(grants=("undo",))
    configure(session, PERMISSION, name=EGROUP, body=body, by="L. Moreau", why="later", is_enabled=False)
    assert rights(session) == Matrix({})


def test_the_last_who_may_change_rights_cannot_be_locked_out(engine: Engine) -> None:
    ensure_defaults(engine)
    experts = "cms-dqm-runregistry-experts"
    attempts = [(PermissionBody(grants=("undo",)), True), (PermissionBody(grants=("*",)), False), (None, True)]
    for body, is_enabled in attempts:
        with transaction(engine) as session, pytest.raises(InvalidInput, match="nobody would be left who may change"):
            configure(session, PERMISSION, name=experts, body=body, by="L. Moreau", why="out", is_enabled=is_enabled)
    with transaction(engine) as session:
        grant(session, "permission")
        configure(session, PERMISSION, name=experts, body=None, by="L. Moreau", why="gem takes over")


def test_a_workspace_offers_its_causes_in_order(session: Session) -> None:
    body = CausesBody.model_validate({"causes": [{"word": "HV trip"}, {"word": "DAQ", "meaning": "no data taken"}]})
    configure(session, CAUSE, name="tracker", body=body, by="L. Moreau", why="first list")
    assert [c.word for c in causes(session, "tracker")] == ["HV trip", "DAQ"]
    assert causes(session, "ecal") == ()


def test_defaults_never_come_back_over_what_people_changed_took_away_or_undid(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        grant(session, "undo")
        configure(session, WORKSPACE, name="offline/castor", body=None, by="L. Moreau", why="castor is gone")
    with transaction(engine) as session:
        set_up_workspace(session, a_workspace("zdc"))
    ensure_defaults(engine)
    with transaction(engine) as session:
        assert configuration(session, PERMISSION)[EGROUP].body == PermissionBody(grants=("undo",))
        assert "offline/castor" not in configuration(session, WORKSPACE)
        assert "offline/zdc" in configuration(session, WORKSPACE)


def test_a_default_that_a_newer_program_brings_is_added_beside_what_stands(engine: Engine) -> None:
    with transaction(engine) as session:
        grant(session, "undo")
        body = WorkspaceBody(
            side=Side.ONLINE,
            workspace="tracker",
            label="Silicon",
            position=1,
            columns=(WorkspaceColumn(name="pixel", label="Pixel"),),
        )
        configure(session, WORKSPACE, name=body.name, body=body, by="L. Moreau", why="before the defaults")
    assert ensure_defaults(engine)
    with transaction(engine) as session:
        assert configuration(session, PERMISSION)[EGROUP].body == PermissionBody(grants=("undo",))
        assert configuration(session, WORKSPACE)["online/tracker"].body == body
        assert len(configuration(session, PERMISSION)) == len(DEFAULT_RIGHTS)
