"""The demo, in which anybody may choose who they are, is for one machine: its database, and who asks its API."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.access import why_no_demo
from backend.errors import InvalidSettings
from backend.loopback import is_loopback
from backend.secret_files import is_secret
from backend.settings import Settings, settings

HERE = [
    "postgresql://postgres@/registry?host=%2Ftmp%2Fsocket&port=5432",
    "postgresql://u:p@localhost/registry",
    "postgresql://u:p@127.0.0.1:5433,[::1]/registry",
    "postgresql:///registry",
]
ELSEWHERE = [
    "postgresql://u:hunter2@db.cern.ch/registry",
    "postgresql://u:hunter2@localhost,db.cern.ch/registry",
    "postgresql://u:hunter2@localhost/registry?hostaddr=188.184.1.1",
    "postgresql://u:hunter2@/registry?host=db.cern.ch",
    "postgresql://u:hunter2@0.0.0.0/registry",
    "host=db.cern.ch password=hunter2",
    "service=production",
]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGSERVICE", "RR_DEMO_FORCED", "RR_AUTH", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("url", [*HERE, None])
def test_the_demo_starts_on_a_database_of_this_machine(monkeypatch: pytest.MonkeyPatch, url: str | None) -> None:
    monkeypatch.setenv("RR_AUTH", "demo")
    if url:
        monkeypatch.setenv("DATABASE_URL", url)
    assert settings.__wrapped__().database_url == url


@pytest.mark.parametrize("url", ELSEWHERE)
def test_the_demo_refuses_to_start_on_a_database_elsewhere_unless_it_is_meant(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert settings.__wrapped__().auth == "oidc"
    monkeypatch.setenv("RR_AUTH", "demo")
    with pytest.raises(InvalidSettings, match="anybody may write there as anybody") as told:
        settings.__wrapped__()
    assert "hunter2" not in f"{told.value} {told.value.__cause__}"
    monkeypatch.setenv("RR_DEMO_FORCED", "true")
    assert settings.__wrapped__().auth == "demo"


def test_what_libpq_takes_from_the_environment_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db.cern.ch")
    with pytest.raises(ValueError, match=r"db\.cern\.ch"):
        Settings(auth="demo", DATABASE_URL="postgresql:///registry")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "x.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", [None, "", "0.0.0.0", "::", "10.0.0.1", "localhost.cern.ch", "127.0.0.1.nip.io", "x"])
def test_whatever_cannot_be_told_is_not_this_machine(host: str | None) -> None:
    assert not is_loopback(host)


def test_the_demo_identity_acts_for_this_machine() -> None:
    for peer, host, origin in (
        ("127.0.0.1", "localhost:9500", None),
        ("::ffff:127.0.0.1", "127.0.0.1:9500", "http://localhost:8501"),
        ("::1", None, None),
    ):
        assert why_no_demo(peer=peer, host=host, origin=origin) == ""


@pytest.mark.parametrize(
    ("peer", "host", "origin", "said"),
    [
        ("10.1.2.3", "localhost:9500", None, "10.1.2.3"),
        (None, "localhost", None, "nobody knows who"),
        ("127.0.0.1", "evil.example:9500", None, "Host is 'evil.example'"),
        ("127.0.0.1", "localhost", "https://evil.example", "Origin is 'evil.example'"),
        ("127.0.0.1", "localhost", "null", "Origin is 'null'"),
        ("127.0.0.1", "localhost", "http://[", "Origin is 'http://['"),
    ],
)
def test_the_demo_identity_acts_for_nobody_else(peer: str | None, host: str, origin: str | None, said: str) -> None:
    assert said in why_no_demo(peer=peer, host=host, origin=origin)


def test_a_secret_may_be_in_a_file_and_is_never_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, secret in (("RR_OMS_CLIENT_SECRET", "hunter2"), ("DATABASE_URL", "postgresql://u:hunter3@db/r")):
        file = tmp_path / name
        file.write_text(f"{secret}\n")
        monkeypatch.setenv(f"{name}_FILE", str(file))
    chosen = settings.__wrapped__()
    assert chosen.oms_client_secret is not None and chosen.oms_client_secret.get_secret_value() == "hunter2"
    assert chosen.database_url == "postgresql://u:hunter3@db/r"
    assert "hunter" not in f"{chosen!r} {chosen}"


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file"), (b"", "no secret"), (b"a\nb", "no secret"), (b"\xff", "not text")]
)
def test_a_file_that_holds_no_secret_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("RR_OMS_CLIENT_SECRET_FILE", str(file))
    with pytest.raises(InvalidSettings, match=said):
        settings.__wrapped__()


def test_a_secret_that_is_said_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RR_OMS_CLIENT_SECRET", "hunter2")
    monkeypatch.setenv("RR_OMS_CLIENT_SECRET_FILE", str(tmp_path / "secret"))
    with pytest.raises(InvalidSettings, match="take one of them away") as told:
        settings.__wrapped__()
    assert "hunter2" not in str(told.value)


_WHOLE_START = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
from backend.settings import settings
logging.debug("%r", settings())
from fastapi.testclient import TestClient
from backend.api import app
with TestClient(app, raise_server_exceptions=False) as client:
    logging.debug(client.get("/runs/1").text)
from backend.jobs.__main__ import main
sys.exit(main(["--once", "oms"]))
"""


def test_a_whole_start_tells_no_secret(tmp_path: Path) -> None:
    secrets = {
        "DATABASE_URL": "postgresql://u:hunter1@127.0.0.1:9/r",
        **{
            f"RR_{name.upper()}": f"hunter2-{name}-{'x' * 40}"
            for name, field in Settings.model_fields.items()
            if is_secret(field) and name != "database_url"
        },
    }
    done = subprocess.run(
        [sys.executable, "-c", _WHOLE_START],
        env={**os.environ, **secrets, "RR_DATA_DIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "The database does not answer" in done.stderr and "Settings(" in done.stderr
    assert "hunter" not in done.stdout + done.stderr
