"""The token endpoint: client credentials, and the exchange of one token for one that OMS accepts."""

import time
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

OMS_AUDIENCE = "cmsoms-prod"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


class Refused(Exception):
    """A token request that is turned down: the OAuth error word and a sentence."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.status = 401 if error == "invalid_client" else 400


@dataclass(slots=True)
class Tokens:
    """The tokens given out, for whom they are and when they end. The n-th token is the same in every session."""

    lifetime_seconds: float = 300.0
    clients: Mapping[str, str] = field(default_factory=dict)
    """Secret by client id; empty: any client with any secret."""
    clock: Callable[[], float] = time.monotonic
    issued: int = 0
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)

    def grant(self, form: Mapping[str, str], authorization: str | None) -> dict[str, object]:
        """Answer a token request.

        Raises
        ------
        Refused
            If the grant is unknown, the client is, or the token to exchange is stale.
        """
        self.check_client(form, authorization)
        match form.get("grant_type"):
            case "client_credentials":
                return self._issue(form.get("audience", "account"))
            case grant if grant == EXCHANGE:
                if not self._is_alive(form.get("subject_token", "")):
                    raise Refused("invalid_grant", "The token to exchange is unknown or stale.")
                return self._issue(form.get("audience", "account"))
            case other:
                raise Refused("unsupported_grant_type", f"{other!r} is not a grant that this endpoint knows.")

    def is_good_for_oms(self, authorization: str | None) -> bool:
        """Whether an ``Authorization`` header lets its bearer read OMS now."""
        scheme, _, token = (authorization or "").partition(" ")
        return scheme.lower() == "bearer" and self._is_alive(token) and self._tokens[token][0] == OMS_AUDIENCE

    def revoke_all(self) -> None:
        """Every token given out so far is stale from now on."""
        self._tokens.clear()

    def _issue(self, audience: str) -> dict[str, object]:
        self.issued += 1
        token = sha256(f"token {self.issued}".encode()).hexdigest()
        self._tokens[token] = (audience, self.clock() + self.lifetime_seconds)
        return {"access_token": token, "expires_in": int(self.lifetime_seconds), "token_type": "Bearer"}

    def _is_alive(self, token: str) -> bool:
        return token in self._tokens and self._tokens[token][1] > self.clock()

    def check_client(self, form: Mapping[str, str], authorization: str | None) -> str:
        """The client that asks, whose secret is right.

        Raises
        ------
        Refused
            If it is not.
        """
        client, secret = _credentials(form, authorization)
        if not client or not secret:
            raise Refused("invalid_client", "A client id and a client secret are needed.")
        if self.clients and self.clients.get(client) != secret:
            raise Refused("invalid_client", f"The client {client} is unknown or its secret is wrong.")
        return client


def _credentials(form: Mapping[str, str], authorization: str | None) -> tuple[str, str]:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError) as error:
        raise Refused("invalid_client", "The Basic credentials cannot be read.") from error
    return client, secret
