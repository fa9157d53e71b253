"""What the worker writes: one line per event, with the time in UTC; never a secret."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from backend.settings import Settings

_HIDDEN = "***"


def write_log_lines(settings: Settings) -> None:
    """Send the log of this process to standard error, in our form."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(secrets_of(settings)))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "schedule", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def secrets_of(settings: Settings) -> frozenset[str]:
    """The values of the settings that no line may show."""
    known = [settings.oms_client_secret.get_secret_value() if settings.oms_client_secret else ""]
    if settings.database_url and (password := urlsplit(settings.database_url).password):
        known += [password, unquote(password)]
    return frozenset(filter(None, known))


class OneLine(logging.Formatter):
    """``2026-10-24T09:41:30.120Z INFO oms ok 0.41s 3 runs: 1 new, 2 unchanged.``, and a trace below it."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self._secrets = tuple(secrets)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """The moment in UTC, to the millisecond."""
        moment = datetime.fromtimestamp(record.created, UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"

    def format(self, record: logging.LogRecord) -> str:
        """The line, with every secret in it hidden."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, _HIDDEN)
        return line
