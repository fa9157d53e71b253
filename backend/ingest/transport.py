"""The way to a source outside: one HTTP client that asks patiently, and says in one sentence what went wrong.

What may pass is asked again, with longer and longer pauses: a connection that breaks, a time-out, 5xx, 429, an answer
cut short. What will not pass is said at once. Nothing is believed here but that the answer is JSON.
"""

import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol, Self, TypeAlias, TypeVar

import httpx
import orjson
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from backend.errors import SourceNonsense, SourceUnavailable

Network: TypeAlias = httpx.BaseTransport
"""What answers in place of the network; tests give their own."""

T = TypeVar("T")
Query = Sequence[tuple[str, str]]

ATTEMPTS = 5
LONGEST_PAUSE_SECONDS = 60.0
"""A source that wants a longer pause than this is left alone until the next tick."""

_USER_AGENT = "python run-registry"
"""The DQM GUI turns away agents whose name it does not know; ``python`` it knows (field.md §2c)."""

_NOT_AUTHENTICATED = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FOUND, httpx.codes.SEE_OTHER})
"""OMS sends whoever it does not know to a login page, or says 401 (field.md §2b)."""

_MAY_PASS = frozenset({httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS})
_pause = wait_exponential_jitter(multiplier=0.5, max=20.0, jitter=0.5)


def utc_now() -> datetime:
    """The time it is, aware."""
    return datetime.now(UTC)


class AskAgain(Exception):
    """Raised while an answer is read: it is not whole or not yet there, and the next one may be.

    It never leaves the transport: when patience ends, its ``error`` is raised.
    """

    def __init__(self, error: SourceUnavailable, *, after_seconds: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.after_seconds = after_seconds


class Bearer(Protocol):
    """Something that has a token to show."""

    def token(self) -> str:
        """A token that is believed to be good."""

    def forget(self, token: str) -> None:
        """This token was refused; the next one must be new."""

    def close(self) -> None:
        """Let go of the connections to whoever gives the tokens."""


class Transport:
    """A source outside, by its base URL.

    Parameters
    ----------
    source
        Its name in sentences: ``OMS``.
    base_url
        What every path is under; an empty path is the URL itself.
    timeout_seconds
        How long one answer may take, from the question to its last byte.
    bearer
        Whose token is shown; a refused one is renewed once.
    tls
        The TLS context; without one the certificates of the system are verified.
    sleep, clock, stopwatch
        How to wait, what time it is (aware), and seconds that go on evenly when somebody sets the clock.
    network
        What carries the requests; none: the network.
    """

    def __init__(
        self,
        source: str,
        base_url: str,
        *,
        timeout_seconds: float = 30.0,
        bearer: Bearer | None = None,
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], datetime] = utc_now,
        stopwatch: Callable[[], float] = time.monotonic,
        network: httpx.BaseTransport | None = None,
    ) -> None:
        self.source = source
        self._base_url = base_url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._bearer = bearer
        self._sleep = sleep
        self._clock, self._stopwatch = clock, stopwatch
        self._client = httpx.Client(
            verify=tls or True, timeout=timeout_seconds, headers={"User-Agent": _USER_AGENT}, transport=network
        )

    def get(
        self,
        path: str,
        query: Query = (),
        *,
        read: Callable[[object], T],
        if_missing: Callable[[], T] | None = None,
    ) -> T:
        """What ``read`` makes of the JSON under the path; ``if_missing``, when given, answers for a 404.

        Raises
        ------
        SourceUnavailable
            If the source did not answer, or refused.
        SourceNonsense
            If it answered, but not with what ``read`` can believe.
        """
        return self._ask(_Question("GET", path, query=query), read, if_missing)

    def post_form(self, path: str, form: Mapping[str, str], *, read: Callable[[object], T]) -> T:
        """What ``read`` makes of the JSON that answers the form; errors as in :meth:`get`. The form is never quoted."""
        return self._ask(_Question("POST", path, form=form), read, None)

    def close(self) -> None:
        """Let go of the connections, also of those to whoever gives the tokens."""
        self._client.close()
        if self._bearer is not None:
            self._bearer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, question: "_Question", read: Callable[[object], T], if_missing: Callable[[], T] | None) -> T:
        patience = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=_pause_before_next,
            retry=retry_if_exception_type(AskAgain),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            answer: T = patience(self._ask_once, question, read, if_missing)
        except AskAgain as last:
            raise type(last.error)(f"{last.error} It was asked {ATTEMPTS} times.") from last
        return answer

    def _ask_once(self, question: "_Question", read: Callable[[object], T], if_missing: Callable[[], T] | None) -> T:
        answer = self._answer(question)
        if if_missing is not None and answer.status == httpx.codes.NOT_FOUND:
            return if_missing()
        self._refuse_failures(question, answer)
        try:
            content = orjson.loads(answer.body)
        except orjson.JSONDecodeError as error:
            raise AskAgain(
                SourceNonsense(
                    f"{self.source} answered {question} with {len(answer.body)} bytes that are no whole JSON ({error})."
                )
            ) from error
        return read(content)

    def _answer(self, question: "_Question") -> "_Answer":
        if self._bearer is None:
            return self._send(question, {})
        token = self._bearer.token()
        answer = self._send(question, {"Authorization": f"Bearer {token}"})
        if answer.status not in _NOT_AUTHENTICATED:
            return answer
        self._bearer.forget(token)
        return self._send(question, {"Authorization": f"Bearer {self._bearer.token()}"})

    def _send(self, question: "_Question", headers: Mapping[str, str]) -> "_Answer":
        url = f"{self._base_url}/{question.path}" if question.path else self._base_url
        deadline = self._stopwatch() + self._timeout_seconds
        late = SourceUnavailable(f"{self.source} did not answer {question} within {self._timeout_seconds:g} s.")
        try:
            with self._client.stream(
                question.method, url, params=list(question.query) or None, data=question.form, headers=headers
            ) as response:
                chunks = []
                for chunk in response.iter_bytes():
                    chunks.append(chunk)
                    if self._stopwatch() > deadline:
                        raise AskAgain(late)
                return _Answer(response.status_code, b"".join(chunks), response.headers)
        except httpx.TimeoutException as error:
            raise AskAgain(late) from error
        except httpx.RequestError as error:
            raise AskAgain(
                SourceUnavailable(
                    f"The connection to {self.source} failed at {question} ({error or type(error).__name__})."
                )
            ) from error

    def _refuse_failures(self, question: "_Question", answer: "_Answer") -> None:
        status = answer.status
        if status == httpx.codes.OK:
            return
        if status in _NOT_AUTHENTICATED:
            raise SourceUnavailable(f"{self.source} does not accept who we are: {status} at {question}.")
        said = " ".join(answer.body[:200].decode(errors="replace").split())
        error = SourceUnavailable(f"{self.source} answered {question} with {status}{f': {said}' if said else ''}.")
        if status not in _MAY_PASS and status < httpx.codes.INTERNAL_SERVER_ERROR:
            raise error
        pause = self._pause_asked_for(answer)
        if pause is not None and pause > LONGEST_PAUSE_SECONDS:
            raise SourceUnavailable(f"{self.source} wants to be left alone for {pause:.0f} s ({status} at {question}).")
        raise AskAgain(error, after_seconds=pause)

    def _pause_asked_for(self, answer: "_Answer") -> float | None:
        """The seconds of ``Retry-After``, which is a number or a date; none if there is none that can be read."""
        text = answer.headers.get("Retry-After", "").strip()
        if text.isdecimal():
            return float(text)
        with suppress(ValueError):
            until = parsedate_to_datetime(text)
            return max(0.0, until.timestamp() - self._clock().timestamp())
        return None


@dataclass(frozen=True, slots=True)
class _Question:
    method: str
    path: str
    query: Query = ()
    form: Mapping[str, str] | None = None

    def __str__(self) -> str:
        asked = "&".join(f"{name}={value:.60}" for name, value in self.query)
        return f"{self.method} /{self.path}" + (f"?{asked}" if asked else "")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]


def _pause_before_next(state: RetryCallState) -> float:
    said = state.outcome.exception() if state.outcome else None
    if isinstance(said, AskAgain) and said.after_seconds is not None:
        return said.after_seconds
    return _pause(state)
