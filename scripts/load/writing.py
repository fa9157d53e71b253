"""Scripts that write through the HTTP API without pause, and remember which of their acts were acknowledged."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx

COMPONENTS = ("tracker-strip", "tracker-pixel", "ecal-ecal", "csc-csc", "hcal-hcal")
LAST_LUMISECTION = 12
"""Writers flag ranges up to it: so few that they meet."""

SECONDS_FOR_AN_ANSWER = 60.0
_STATUSES = ("GOOD", "BAD", "EXCLUDED", "STANDBY")


@dataclass(slots=True)
class Said:
    """What came of acts and questions: acts by their word, answers by status, and every sentence of a refusal."""

    acknowledged: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    """Acts of which nobody knows: no answer came, or one that says no."""
    answers: Counter[str] = field(default_factory=Counter)
    """``write 200``, ``read 503``, ``read ConnectError`` …"""
    sentences: Counter[str] = field(default_factory=Counter)
    lacking_retry_after: int = 0
    longest_seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


class Traffic:
    """Writers and readers in threads, from ``begin`` until ``end``; every act has a comment of its own.

    Parameters
    ----------
    addresses
        Of the APIs that are asked, such as ``http://127.0.0.1:8501/api``; shared out in turn.
    runs
        Open runs whose online dataset is flagged: several writers on the same few, on purpose.
    pause_seconds
        What each waits between an answer and the next question.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        runs: Sequence[int],
        *,
        writers: int = 4,
        readers: int = 4,
        pause_seconds: float = 0.05,
        name: str = "load",
    ) -> None:
        self.said = Said()
        self._runs, self._pause, self._name = tuple(runs), pause_seconds, name
        self._over = threading.Event()
        self._last_good = {"write": 0.0, "read": 0.0}
        jobs: list[tuple[Callable[[httpx.Client, random.Random, int], None], int]] = [
            *((self._write, number) for number in range(writers)),
            *((self._read, number) for number in range(readers)),
        ]
        self._threads = [
            threading.Thread(target=self._go_on, args=(act, number, addresses[at % len(addresses)]), daemon=True)
            for at, (act, number) in enumerate(jobs)
        ]

    def begin(self) -> None:
        """Let them begin."""
        for thread in self._threads:
            thread.start()

    def end(self) -> Said:
        """Let each finish what it asked last; gives what came of it all."""
        self._over.set()
        for thread in self._threads:
            thread.join(SECONDS_FOR_AN_ANSWER + 10)
        return self.said

    def has_been_well_since(self, moment: float) -> bool:
        """Whether a write and a read that were asked after that moment (``time.monotonic``) went well."""
        return min(self._last_good.values()) > moment

    def _go_on(self, act: Callable[[httpx.Client, random.Random, int], None], number: int, address: str) -> None:
        dice = random.Random(f"{self._name} {act.__name__} {number}")
        turn = 0
        with httpx.Client(base_url=address, timeout=SECONDS_FOR_AN_ANSWER, trust_env=False) as client:
            while not self._over.wait(self._pause):
                turn += 1
                act(client, dice, number * 1_000_000 + turn)

    def _write(self, client: httpx.Client, dice: random.Random, turn: int) -> None:
        word = f"{self._name} act {turn}"
        start = dice.randint(1, LAST_LUMISECTION)
        said = {
            "start": start,
            "end": dice.randint(start, LAST_LUMISECTION),
            "status": dice.choice(_STATUSES),
            "comment": word,
        }
        body = {"run_number": dice.choice(self._runs), "dataset_name": "online", "component": dice.choice(COMPONENTS)}
        with self.said.lock:
            self.said.open.append(word)
        if self._asked(
            client, "write", "PUT", "/lumisections/edit_rr_lumisections", body | {"new_lumisection_range": said}
        ):
            with self.said.lock:
                self.said.open.remove(word)
                self.said.acknowledged.append(word)

    def _read(self, client: httpx.Client, dice: random.Random, turn: int) -> None:
        body = {
            "page": 0,
            "page_size": 25,
            "sortings": [],
            "filter": {"run_number": {">": dice.choice(self._runs) - 20}},
        }
        if turn % 3:
            self._asked(client, "read", "POST", "/runs_filtered_ordered", body)
        else:
            one = {"run_number": dice.choice(self._runs), "dataset_name": "online"}
            self._asked(client, "read", "POST", "/lumisections/rr_lumisection_ranges", one)

    def _asked(self, client: httpx.Client, kind: str, method: str, path: str, body: object) -> bool:
        begun = time.monotonic()
        try:
            answer = client.request(method, path, json=body)
        except httpx.TransportError as error:
            self._count(f"{kind} {type(error).__name__}", begun)
            return False
        self._count(f"{kind} {answer.status_code}", begun)
        if answer.is_success:
            self._last_good[kind] = max(self._last_good[kind], begun)
            return True
        with self.said.lock:
            self.said.sentences[f"{answer.status_code} {_sentence(answer)}"] += 1
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE and "Retry-After" not in answer.headers:
                self.said.lacking_retry_after += 1
        return False

    def _count(self, what: str, begun: float) -> None:
        with self.said.lock:
            self.said.answers[what] += 1
            self.said.longest_seconds = max(self.said.longest_seconds, time.monotonic() - begun)


def _sentence(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["err"])
    except (ValueError, KeyError, TypeError):
        return f"no sentence: {answer.text[:200]!r}"
