"""The command ``python -m scripts.simulator``: serve a season on loopback until SIGTERM."""

import argparse
import json
import logging
import os
import signal
import sys
import time
from pathlib import Path

from models.lumis import BadLumisections
from scripts.simulator.feed import SCENARIO
from scripts.simulator.holdings import Holdings
from scripts.simulator.pace import read_pace
from scripts.simulator.running import Server, Simulator, feed_named, listening
from scripts.simulator.seasons import PUBLISHED
from scripts.simulator.site import Site
from scripts.simulator.tokens import Tokens


def main(arguments: list[str] | None = None) -> int:
    """Build the season, listen, announce, serve; 0 after SIGTERM or Ctrl-C, 2 if it cannot be begun."""
    args = _arguments(arguments)
    logging.basicConfig(level=logging.WARNING)
    try:
        feed = feed_named(args.season, dcs=args.dcs, golden=args.golden)
        sock = listening(args.port)
    except (OSError, BadLumisections, ValueError) as error:
        print(f"The simulator cannot begin: {error}", file=sys.stderr)
        return 2
    site = Site(
        Holdings(feed, args.pace, time.monotonic),
        Tokens(args.token_seconds, dict(args.client)),
        requires_token=args.require_token,
    )
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda number, frame: None)
    with sock:
        Server(Simulator(site, sock.getsockname()[1]), lambda simulator: announce(simulator, args.announce)).run([sock])
    return 0


def announce(simulator: Simulator, file: Path | None) -> None:
    """Say where everything is: on standard output, and in a file that is there whole or not at all."""
    text = json.dumps(simulator.announcement(), indent=1)
    if simulator.feed.season:
        print(simulator.feed.season.report)
    print(text, flush=True)
    if file:
        beside = file.with_name(f".{file.name}.{os.getpid()}")
        beside.write_text(text)
        beside.replace(file)


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.simulator", description=__doc__)
    parser.add_argument(
        "--season", default="2018", help=f"{', '.join(PUBLISHED)}, {SCENARIO}, or a name for --dcs and --golden"
    )
    parser.add_argument("--dcs", type=Path, help="a DCS-only JSON")
    parser.add_argument("--golden", type=Path, help="the golden JSON that belongs to it")
    parser.add_argument("--pace", type=read_pace, default="default", help="default, max, or runs per second")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--announce", type=Path, metavar="FILE", help="write the addresses here once it listens")
    parser.add_argument(
        "--require-token", action=argparse.BooleanOptionalAction, default=True, help="401 without a token"
    )
    parser.add_argument("--token-seconds", type=float, default=300.0, help="how long a token lives")
    parser.add_argument("--client", type=_client, action="append", default=[], metavar="ID:SECRET",
                        help="the only clients that get tokens; without it, any")  # fmt: skip
    args = parser.parse_args(arguments)
    if bool(args.dcs) != bool(args.golden):
        parser.error("--dcs and --golden go together")
    if not args.dcs and args.season not in {*PUBLISHED, SCENARIO}:
        parser.error(f"there is no season {args.season}; there are {', '.join((*PUBLISHED, SCENARIO))}")
    return args


def _client(text: str) -> tuple[str, str]:
    client, _, secret = text.partition(":")
    if not client or not secret:
        raise argparse.ArgumentTypeError(f"{text} is not ID:SECRET")
    return client, secret


if __name__ == "__main__":
    sys.exit(main())
