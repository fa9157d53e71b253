"""What the menu of every page says about the program: its version, and what came with it and with those before."""

from functools import cache

from backend.db import ROOT
from backend.version import program_version

_CHANGES = ROOT / "CHANGELOG.md"


@cache
def about() -> str:
    """The version and the list of changes, as Markdown; an installation without the list has the version alone."""
    changes = _CHANGES.read_text(encoding="utf-8").partition("\n")[2] if _CHANGES.exists() else ""
    return f"**Run Registry {program_version()}**\n\n{changes.replace('## ', '#### ')}".strip()
