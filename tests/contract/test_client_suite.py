"""The client's own tests, as its authors ship them, against this registry: all of them pass.

They are run by pytest in a process of their own, unchanged, beside one conftest (``suite_conftest.py``). With the token
that they show one may refresh and reset runs, and nothing else: what is refused is refused for want of a right.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import getmembers, isfunction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pydantic import SecretStr
from runregistry import runregistry
from sqlalchemy import Engine

from backend.settings import Settings
from scripts.simulator.feed import SCENARIO
from scripts.simulator.running import running_simulator
from tests.client_registry import a_token, hold_what_the_client_expects
from tests.contract.client_source import client_tests
from tests.contract.conftest import served

TESTS = 75
"""How many there are in the source distribution."""


@dataclass(frozen=True)
class Server:
    """A registry that the tests may ask: its address, and a token for them."""

    url: str
    token: str


@pytest.fixture
def server(engine: Engine) -> Iterator[Server]:
    """The API on a registry that holds what the tests expect; its OMS answers."""
    with running_simulator(SCENARIO, pace="max") as simulator:
        hold_what_the_client_expects(engine, simulator)
        settings = Settings(
            oms_url=simulator.oms_url,
            oms_token_url=simulator.oms_token_url,
            oms_client_id="test",
            oms_client_secret=SecretStr("test"),
        )
        with served(engine, settings) as url:
            yield Server(url, a_token(engine))


def test_the_clients_own_tests_pass(server: Server, tmp_path: Path) -> None:
    source = client_tests(tmp_path / "source")
    folder = tmp_path / "suite"
    shutil.copytree(source, folder / "tests")
    shutil.copy(source.parent / "pytest.ini", folder)
    shutil.copy(Path(__file__).with_name("suite_conftest.py"), folder / "conftest.py")
    pytest_there = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=told.xml", "tests"]
    here = {"CLIENT_SUITE_URL": server.url, "CLIENT_SUITE_TOKEN": server.token}
    done = subprocess.run(
        pytest_there, cwd=folder, env=os.environ | here, capture_output=True, text=True, check=False, timeout=300
    )
    told = ElementTree.parse(folder / "told.xml").getroot().find("testsuite")
    assert told is not None
    counted = {name: int(told.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": TESTS, "failures": 0, "errors": 0, "skipped": 0}, done.stdout[-6_000:]
    assert done.returncode == 0


def test_every_public_function_of_the_client_is_called_by_our_own_tests() -> None:
    asked = "".join(file.read_text() for file in Path(__file__).parent.glob("test_client_*.py"))
    functions = {name for name, _ in getmembers(runregistry, isfunction) if not name.startswith("_")}
    ours = {name for name in functions if getattr(runregistry, name).__module__ == runregistry.__name__} - {"setup"}
    assert len(ours) == 21
    assert {name for name in ours if f"client.{name}(" not in asked} == set()
