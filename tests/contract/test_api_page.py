"""The programs that docs/api.md shows for ``/v2`` run as they stand, but for the address."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from tests.contract.conftest import official_client, served

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
_PROGRAM = re.compile(r"(?:^    .*\n|^\n(?=    ))+", re.MULTILINE)
ADDRESS = "http://127.0.0.1:9500"


def programs() -> list[str]:
    """The programs in the section about new programs."""
    section = PAGE.read_text(encoding="utf-8").split("## /v2, for new programs")[1].split("\n## ")[0]
    blocks = (re.sub(r"^    ", "", block, flags=re.MULTILINE).strip() for block in _PROGRAM.findall(section))
    return [block for block in blocks if block.startswith("import ")]


@pytest.fixture(scope="module")
def address(certified_engine: Engine) -> Iterator[str]:
    """The API on a registry, over HTTP; the client from PyPI asks there."""
    with served(certified_engine) as url, official_client(url):
        yield url


def test_there_are_programs_for_polars_httpx_the_official_client_and_a_mirror() -> None:
    assert len(programs()) == 5
    for name in ("read_ipc_stream", "read_ipc(", "If-None-Match", "runregistry", "/v2/changes"):
        assert any(name in program for program in programs()), name


@pytest.mark.parametrize("program", programs(), ids=range(len(programs())))
def test_a_program_of_the_page_runs(address: str, program: str, capsys: pytest.CaptureFixture[str]) -> None:
    space: dict[str, object] = {}
    try:
        exec(compile(program.replace(ADDRESS, address), "docs/api.md", "exec"), space)
    finally:
        if isinstance(api := space.get("api"), httpx.Client):
            api.close()
    assert capsys.readouterr().out or space.get("runs") or space.get("copy")
