"""What the docs say holds: commands are there and understood, links lead somewhere, the settings are all named."""

import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from scripts.configuration import PAGE, page

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
_PROGRAMS = ("./scripts/", "python -m ", "alembic ", "uvicorn ")


def commands() -> list[str]:
    """Every command that the docs name, once."""
    found = dict.fromkeys(c for doc in DOCS for c in _CODE.findall(doc.read_text(encoding="utf-8")))
    return [command for command in found if command.startswith(_PROGRAMS)]


def help_of(command: str) -> list[str]:
    """The command with its options checked but nothing done: its program's own help, after the words given."""
    words = shlex.split(command)
    if words[0] == "python":
        return [sys.executable, "-m", words[2], "--help"]
    if words[0].startswith("./scripts/"):
        return [sys.executable, words[0], "--help"]
    return [str(Path(sys.executable).with_name(words[0])), "--help"]


@cache
def answered(*words: str) -> subprocess.CompletedProcess[str]:
    """What the command answered; the same one is called once."""
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_docs_is_there_and_knows_its_options(command: str) -> None:
    if command in ("./scripts/rebuild", "./scripts/configuration_table"):
        assert (ROOT / command).stat().st_mode & 0o111
        return
    done = answered(*help_of(command))
    assert done.returncode == 0, done.stderr
    for option in (word for word in shlex.split(command) if word.startswith("--")):
        assert option.partition("=")[0] in done.stdout


@pytest.mark.parametrize("doc", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(doc: Path) -> None:
    for link in _LINK.findall(doc.read_text(encoding="utf-8")):
        assert (doc.parent / link).exists(), link


def test_the_table_of_settings_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run ./scripts/configuration_table"


def test_the_procfile_names_programs_that_exist() -> None:
    for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines():
        name, _, command = line.partition(": ")
        assert name in {"release", "web", "api", "worker"}
        words = [word for word in command.split() if "=" not in word]
        assert words[:2] == ["python", "-m"]
