"""The token that OMS wants to see: fetched with our credentials, kept until shortly before it expires."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from backend.errors import InvalidSettings, SourceNonsense
from backend.ingest.transport import Transport
from backend.settings import Settings

_GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
_ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
_MARGIN = timedelta(seconds=30)
"""How long before its end a token is no longer used; a short-lived one loses a tenth of its life at most."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are for the token endpoint, and for whom the token is."""

    client_id: str
    client_secret: SecretStr
    audience: str

    @classmethod
    def of(cls, settings: Settings) -> "Credentials":
        """The credentials for OMS.

        Raises
        ------
        InvalidSettings
            If there is a token endpoint, but no client id or secret.
        """
        if settings.oms_client_id is None or settings.oms_client_secret is None:
            raise InvalidSettings(
                f"RR_OMS_TOKEN_URL is {settings.oms_token_url}, but RR_OMS_CLIENT_ID and RR_OMS_CLIENT_SECRET are not "
                "both set."
            )
        return cls(settings.oms_client_id, settings.oms_client_secret, settings.oms_audience)


class OmsToken:
    """The token, asked for when it is needed: in one step with the audience, or exchanged for one in a second step.

    field.md §2b, *Auth*, has both; ``exchange`` chooses the second.
    """

    def __init__(
        self, endpoint: Transport, credentials: Credentials, *, exchange: bool, clock: Callable[[], datetime]
    ) -> None:
        self._endpoint = endpoint
        self._credentials = credentials
        self._exchange = exchange
        self._clock = clock
        self._kept: _Token | None = None

    def token(self) -> str:
        """The token that is kept while it is good, otherwise a new one."""
        if self._kept is None or self._clock() >= self._kept.good_until:
            self._kept = self._new()
        return self._kept.text

    def forget(self, token: str) -> None:
        """OMS refused this token, however long it should have lived."""
        if self._kept is not None and self._kept.text == token:
            self._kept = None

    def close(self) -> None:
        """Let go of the connections to the token endpoint."""
        self._endpoint.close()

    def _new(self) -> "_Token":
        us = {
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret.get_secret_value(),
        }
        audience = {"audience": self._credentials.audience}
        form = us | {"grant_type": "client_credentials"}
        if not self._exchange:
            return self._ask(form | audience)
        own = self._ask(form)
        subject = {"requested_token_type": _ACCESS_TOKEN, "subject_token": own.text}
        return self._ask(us | audience | subject | {"grant_type": _GRANT})

    def _ask(self, form: dict[str, str]) -> "_Token":
        asked_at = self._clock()
        return self._endpoint.post_form("", form, read=lambda answer: _read(answer, self._endpoint.source, asked_at))


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    good_until: datetime


def _read(answer: object, source: str, asked_at: datetime) -> _Token:
    fields = answer if isinstance(answer, dict) else {}
    text, life = fields.get("access_token"), fields.get("expires_in")
    if not isinstance(text, str) or not text:
        raise SourceNonsense(f"{source} answered without an access_token; it has {sorted(map(str, fields))}.")
    if isinstance(life, bool) or not isinstance(life, int | float) or life <= 0:
        raise SourceNonsense(f"{source} gave a token that expires_in {life!r}, which is no number of seconds.")
    lives = timedelta(seconds=life)
    return _Token(text, asked_at + lives - min(_MARGIN, lives / 10))
