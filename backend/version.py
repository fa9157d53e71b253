"""The version of this program."""

import tomllib
from functools import cache

from backend.db import ROOT


@cache
def program_version() -> str:
    """The version of this program, from its project file."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return version
