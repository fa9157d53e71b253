"""What the demo tells its programs: the season, the sources, who says who somebody is. Standard library alone."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def season_name(options: argparse.Namespace) -> str:
    """What the data folder is of."""
    return f"the season of {options.dcs.resolve()}" if options.dcs else f"season {options.season}"


def season_of(options: argparse.Namespace) -> list[str]:
    """The season, as simulator and people are told."""
    if options.dcs:
        files = ["--dcs", str(options.dcs.resolve()), "--golden", str(options.golden.resolve())]
        return [*files, "--season", options.dcs.stem]
    return ["--season", options.season]


def environment_for(url: str, folder: Path, *, role: str | None) -> dict[str, str]:
    """What the programs are told: nothing of what this shell says about another registry."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("RR_", "STREAMLIT_")) and n != "DATABASE_URL"}
    kept |= {"DATABASE_URL": url, "RR_ENVIRONMENT": "demo", "RR_AUTH": "demo", "RR_INGEST_EVERY_SECONDS": "5"}
    kept |= {"RR_DQM_GUI_EVERY_SECONDS": "5"}
    kept |= {"RR_DATA_DIR": str(folder / "database"), "PYTHONUNBUFFERED": "1", "WEBSOCKETS_MAX_LINE_LENGTH": "65536"}
    kept |= {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
    return kept | ({"RR_DEMO_ROLE": role} if role else {})


def sources(announced: dict[str, str]) -> dict[str, str]:
    """Where the simulated OMS and DQM GUI are; the simulator gives any client its token."""
    return {
        "RR_OMS_URL": announced["oms_url"],
        "RR_OMS_TOKEN_URL": announced["oms_token_url"],
        "RR_OMS_CLIENT_ID": "demo",
        "RR_OMS_CLIENT_SECRET": "demo",
        "RR_DQM_GUI_URL": announced["dqm_gui_url"],
    }


def login_at(announced: dict[str, str], port: int) -> dict[str, str]:
    """Where people log in: the simulated provider takes any client."""
    return {
        "RR_AUTH": "oidc",
        "RR_OIDC_ISSUER": announced["oidc_issuer"],
        "RR_OIDC_CLIENT_ID": "run-registry",
        "RR_OIDC_CLIENT_SECRET": "demo",
        "RR_OIDC_REDIRECT_URL": f"http://127.0.0.1:{port}/oauth2callback",
        "RR_COOKIE_SECRET": secrets.token_urlsafe(48),
    }
