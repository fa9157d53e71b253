"""Scripts that flag through a web process all the time, each word with a comment of its own; and what became of it."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass

import httpx
from sqlalchemy import Engine, text

_PATIENCE_SECONDS = 60
_COMPONENTS = ("tracker-strip", "tracker-pixel", "ecal-ecal", "csc-csc")
_WRITTEN = text("""
    SELECT comment, count(DISTINCT change_set) FROM lumisection_change
    WHERE comment LIKE 'machine %' GROUP BY comment
""")


@dataclass(frozen=True, slots=True)
class Tried:
    """One edit: its comment, when it was asked for, the status that came (0: none), after how long, what it said."""

    comment: str
    asked_at: float
    status: int
    seconds: float
    said: str


class Editor:
    """Edits lumisections of one run through one web process, until it is told to stop."""

    def __init__(self, name: str, address: str, run: int, *, pause: float = 0.3) -> None:
        self.name, self.tried = name, list[Tried]()
        self._address, self._run, self._pause = address, run, pause
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._edit, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, once the answer that one waits for has come."""
        self._stop.set()
        self._thread.join(_PATIENCE_SECONDS + 5)

    def since(self, moment: float, until: float) -> list[Tried]:
        """What was asked for in this time."""
        return [one for one in self.tried if moment <= one.asked_at < until]

    def _edit(self) -> None:
        with httpx.Client(base_url=f"{self._address}/api", timeout=_PATIENCE_SECONDS, trust_env=False) as client:
            for number in itertools.count(1):
                if self._stop.wait(self._pause):
                    return
                self.tried.append(self._one(client, number))

    def _one(self, client: httpx.Client, number: int) -> Tried:
        comment, begun = f"machine {self.name} edit {number}", time.monotonic()
        said = {
            "run_number": self._run,
            "dataset_name": "online",
            "component": _COMPONENTS[number % len(_COMPONENTS)],
            "new_lumisection_range": {"start": 1, "end": 1 + number % 5, "status": "BAD", "comment": comment},
        }
        try:
            answer = client.put("/lumisections/edit_rr_lumisections", json=said)
        except httpx.HTTPError as error:
            return Tried(comment, begun, 0, time.monotonic() - begun, repr(error))
        return Tried(comment, begun, answer.status_code, time.monotonic() - begun, answer.text)


@dataclass(frozen=True, slots=True)
class Account:
    """How the edits stand in the log: those answered and not there, those there twice, those that were refused and are
    there, and those of which nobody could be told whether they are."""

    done: int
    lost: int
    doubled: int
    refused_but_done: int
    uncertain: int


def account(on: Engine, editors: list[Editor]) -> Account:
    """The edits beside the log. ``uncertain`` were told to look in the Log, or got no answer at all."""
    with on.connect() as connection:
        written = {comment: count for comment, count in connection.execute(_WRITTEN)}
    tried = [one for editor in editors for one in editor.tried]
    uncertain = [one for one in tried if one.status == 0 or "is in the Log" in one.said]
    refused = [one for one in tried if one.status not in (0, 200) and one not in uncertain]
    return Account(
        done=sum(one.status == 200 for one in tried),
        lost=sum(one.status == 200 and one.comment not in written for one in tried),
        doubled=sum(count > 1 for count in written.values()),
        refused_but_done=sum(one.comment in written for one in refused),
        uncertain=len(uncertain),
    )
