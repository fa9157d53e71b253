"""The simulated identity provider: logins by code with PKCE, and access tokens for programs. Its routes: ``sso.py``."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scripts.simulator.accounts import ACCOUNTS, Account, account_of_client
from scripts.simulator.faults import FaultKind
from scripts.simulator.keys import Keys, UnknownToken
from scripts.simulator.tokens import EXCHANGE, OMS_AUDIENCE, Refused

CODE = "authorization_code"
SECONDS_OF_A_CODE = 60
LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an authorization request asks for."""

    client: str
    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    """The S256 code challenge of PKCE."""
    prompt: str = ""


@dataclass(slots=True)
class Provider:
    """Accounts, keys, and the codes that are given out but not redeemed."""

    keys: Keys = field(default_factory=Keys)
    token_seconds: float = 3600.0
    """How long ID tokens and access tokens last."""
    more_groups: int = 0
    """In how many groups everybody is beside those that matter."""
    clock: Callable[[], float] = time.time
    _codes: dict[str, tuple[Asked, Account, float]] = field(default_factory=dict)

    def authorize(self, asked: Asked, user_id: str) -> str:
        """The code that stands for a login of this account."""
        code = secrets.token_urlsafe(24)
        self._codes[code] = (asked, ACCOUNTS[user_id], self.clock() + SECONDS_OF_A_CODE)
        return code

    def grant(
        self, form: Mapping[str, str], client: str, issuer: str, *, faults: Collection[FaultKind] = ()
    ) -> dict[str, object]:
        """Answer a token request of a client that is known.

        Raises
        ------
        Refused
            If the code, or the token to exchange, is not good.
        """
        if form.get("grant_type") == CODE:
            return self._redeem(form, client, issuer, faults=faults)
        account = account_of_client(client)
        if form.get("grant_type") == EXCHANGE:
            account = self._account_of(form.get("subject_token", ""), client)
        return self._tokens(account, client, issuer, audience=form["audience"], faults=faults)

    def _redeem(
        self, form: Mapping[str, str], client: str, issuer: str, *, faults: Collection[FaultKind]
    ) -> dict[str, object]:
        asked, account, ends_at = self._codes.pop(form.get("code", ""), (None, None, 0.0))
        if asked is None or account is None or self.clock() > ends_at:
            raise Refused("invalid_grant", "The code is unknown, used already or stale.")
        if asked.client != client or asked.redirect_uri != form.get("redirect_uri"):
            raise Refused("invalid_grant", "The code was given to another client or address.")
        if asked.challenge and not _proves(form.get("code_verifier", ""), asked.challenge):
            raise Refused("invalid_grant", "The code verifier does not belong to the code challenge.")
        answer = self._tokens(account, client, issuer, audience="account", faults=faults)
        claims = {"aud": client, "typ": "ID", "sid": secrets.token_hex(8), "auth_time": int(self.clock())}
        claims |= {"nonce": asked.nonce} if asked.nonce else {}
        return answer | {"id_token": self._sign(account, client, issuer, claims, faults=faults), "scope": "openid"}

    def _tokens(
        self, account: Account, client: str, issuer: str, *, audience: str, faults: Collection[FaultKind]
    ) -> dict[str, object]:
        access = self._sign(account, client, issuer, {"aud": audience, "typ": "Bearer"}, faults=faults)
        return {"access_token": access, "token_type": "Bearer", "expires_in": int(self.token_seconds)}

    def _sign(
        self, account: Account, client: str, issuer: str, claims: dict[str, object], *, faults: Collection[FaultKind]
    ) -> str:
        now = int(self.clock())
        made = now - 86_400 if FaultKind.EXPIRED_TOKEN in faults else now
        times: dict[str, object] = {"iat": made, "exp": made + self.token_seconds, "jti": secrets.token_hex(16)}
        whole = account.claims(more_groups=self.more_groups) | {"iss": issuer, "azp": client} | times | claims
        return self.keys.sign(whole, with_wrong_key=FaultKind.WRONG_KEY in faults)

    def _account_of(self, token: str, client: str) -> Account:
        """Whose token it is that is exchanged; one that the provider for OMS gave is the client's own."""
        if token.count(".") != 2:
            return account_of_client(client)
        try:
            claims = self.keys.read(token)
        except UnknownToken as error:
            raise Refused("invalid_grant", "The token to exchange is unknown.") from error
        if float(str(claims["exp"])) <= self.clock():
            raise Refused("invalid_grant", "The token to exchange is stale.")
        user_id = str(claims["sub"])
        return ACCOUNTS.get(user_id) or account_of_client(user_id.removeprefix("service-account-"))


def is_for_provider(form: Mapping[str, str]) -> bool:
    """Whether a token request is for a login, or for a token that neither OMS nor the exchange for it wants."""
    return form.get("grant_type") == CODE or form.get("audience", "account") not in {"account", OMS_AUDIENCE}


def read_asked(query: Mapping[str, str]) -> Asked:
    """An authorization request.

    Raises
    ------
    Refused
        If it is not for a code, not for OpenID, leads off this machine, or tells no method of PKCE that is known.
    """
    asked = Asked(
        query.get("client_id", ""),
        query.get("redirect_uri", ""),
        query.get("state", ""),
        query.get("nonce", ""),
        query.get("code_challenge", ""),
        query.get("prompt", ""),
    )
    if query.get("response_type") != "code" or "openid" not in query.get("scope", "").split():
        raise Refused("invalid_request", "Only response_type=code with the scope openid is answered.")
    if not asked.client or not is_loopback(asked.redirect_uri):
        raise Refused("invalid_request", "A client id and an address of this machine to go back to are needed.")
    if asked.challenge and query.get("code_challenge_method") != "S256":
        raise Refused("invalid_request", "The code challenge has to be S256.")
    return asked


def is_loopback(address: str) -> bool:
    """Whether an address is one of this machine, where alone a simulated login may lead."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.hostname in LOOPBACK


def _proves(verifier: str, challenge: str) -> bool:
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made.decode(), challenge)
