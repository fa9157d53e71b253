"""What a fresh registry starts with, however many processes start at once."""

import subprocess
import sys

import pytest
from sqlalchemy import Engine, text

from backend.access import DEFAULT_RIGHTS, Matrix
from backend.configuration import (
    Side,
    columns_shown,
    ensure_defaults,
    ensure_ready,
    rights,
    versions,
    workspaces,
)
from backend.db import transaction
from backend.errors import DatabaseUnavailable, NotFound
from backend.record import columns_by_name
from models.vocabulary import (
    DCS_BITS,
    OFFLINE_COMPONENTS,
    OFFLINE_ONLY_DETAIL,
    ONLINE_COMPONENTS,
    ColumnKind,
    ConfigurationKind,
)

PERMISSION, WORKSPACE, CAUSE = ConfigurationKind.PERMISSION, ConfigurationKind.WORKSPACE, ConfigurationKind.CAUSE


def changes(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT n FROM clock")).scalar_one())


def test_a_fresh_registry_has_the_rights_of_the_default_matrix(engine: Engine) -> None:
    assert ensure_defaults(engine)
    with transaction(engine) as session:
        assert rights(session) == Matrix.of(DEFAULT_RIGHTS)


def test_a_fresh_registry_numbers_what_the_shift_crew_flags_first(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        known = columns_by_name(session)
    online = [f"{w}-{c}" for w, shown in ONLINE_COMPONENTS.items() for c in shown]
    assert [known[name].id for name in online] == list(range(1, len(online) + 1))
    flags = [c for c in known.values() if c.kind is ColumnKind.FLAG]
    certified = {f"{w}-{c}" for w, shown in (*ONLINE_COMPONENTS.items(), *OFFLINE_COMPONENTS.items()) for c in shown}
    details = {f"{w}-{c}" for w, shown in OFFLINE_ONLY_DETAIL.items() for c in shown}
    assert {str(c) for c in flags} == certified | details
    assert max(known[name].id for name in certified) < min(known[name].id for name in details - certified)
    assert [c.id for c in flags] == list(range(1, len(flags) + 1))
    assert known["dc-lowlumi"].is_inverted
    assert [known[f"oms-{bit}"].id for bit in DCS_BITS] == list(range(1001, 1036))
    assert known["oms-prescale_name"].kind is ColumnKind.TEXT


def test_the_global_workspace_shows_what_the_others_put_forward(engine: Engine) -> None:
    ensure_defaults(engine)
    with transaction(engine) as session:
        online, offline = workspaces(session, Side.ONLINE), workspaces(session, Side.OFFLINE)
    assert [w.workspace for w in online] == ["global", *ONLINE_COMPONENTS]
    assert columns_shown(offline, "global") == tuple(f"{w}-{c}" for w, cs in OFFLINE_COMPONENTS.items() for c in cs)
    assert len(columns_shown(online, "global")) == 17
    assert columns_shown(offline, "hcal") == tuple(f"hcal-{c}" for c in ("hcal", "hb", "he", "hf", "ho0", "ho12"))
    with pytest.raises(NotFound, match="There is no workspace 'btag'"):
        columns_shown(online, "btag")


def test_defaults_are_written_once(engine: Engine) -> None:
    ensure_defaults(engine)
    before = changes(engine)
    assert not ensure_defaults(engine)
    assert changes(engine) == before


def test_processes_that_start_at_once_write_the_defaults_once(engine: Engine, database_url: str) -> None:
    program = "import sys; from backend.configuration import ensure_ready; from backend.db import engine_for;"
    program += "sys.stdin.readline(); ensure_ready(engine_for(sys.argv[1]))"
    starters = [
        subprocess.Popen([sys.executable, "-c", program, database_url], stdin=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.write("go\n")
        starter.stdin.flush()
    for starter in starters:
        starter.communicate(timeout=60)
    assert [starter.returncode for starter in starters] == [0, 0, 0]
    with transaction(engine) as session:
        assert [len(versions(session, PERMISSION, name=egroup)) for egroup in DEFAULT_RIGHTS] == [1] * 39
    assert changes(engine) == 2


def test_a_process_refuses_a_database_with_another_schema(engine: Engine) -> None:
    with transaction(engine) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(DatabaseUnavailable, match="run `alembic upgrade head`"):
        ensure_ready(engine)
