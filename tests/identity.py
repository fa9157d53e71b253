"""A provider of tokens for tests: keys, a discovery document, and tokens that are right until a test changes them."""

import base64
import hmac
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from backend.identity.provider import Expected

ISSUER = "https://auth.example.org/realms/cern"
AUDIENCE = "run-registry"
KELLER = {
    "sub": "akeller",
    "cern_upn": "akeller",
    "name": "A. Keller",
    "cern_roles": ["cms-dqm-runregistry-offline-tracker-certifiers"],
}


@cache
def rsa(name: str, bits: int = 2048) -> RSAKey:
    """A key pair, made once in each process."""
    return RSAKey.generate_key(bits, {"kid": name, "use": "sig"}, auto_kid=False)


@cache
def ec(name: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": name, "use": "sig"}, auto_kid=False)


@dataclass
class FakeProvider:
    """What answers in place of the provider, and counts how often it is asked for its keys."""

    keys: list[Any] = field(default_factory=lambda: [rsa("key-1")])
    issuer: str = ISSUER
    jwks_uri: str = f"{ISSUER}/certs"
    is_away: bool = False
    status: int = 200
    asked: int = 0

    def network(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.is_away:
            raise httpx.ConnectTimeout("timed out", request=request)
        if request.url.path.endswith("/.well-known/openid-configuration"):
            return httpx.Response(self.status, json={"issuer": self.issuer, "jwks_uri": self.jwks_uri})
        self.asked += 1
        published = [key.as_dict(private=False) if hasattr(key, "as_dict") else key for key in self.keys]
        return httpx.Response(self.status, json={"keys": published})


def expected(issuer: str = ISSUER, **changed: Any) -> Expected:
    """Whose tokens are believed."""
    metadata = f"{issuer}/.well-known/openid-configuration"
    said = {"audiences": (AUDIENCE,), "algorithms": ("RS256", "ES256"), "timeout_seconds": 1.0}
    return Expected(issuer, metadata, **said | changed)


def claims(now: float, **changed: Any) -> dict[str, Any]:
    """The claims of a good access token; ``None`` leaves one out."""
    good = {"iss": ISSUER, "aud": AUDIENCE, "typ": "Bearer", "iat": int(now), "exp": int(now) + 600, **KELLER}
    return {name: value for name, value in (good | changed).items() if value is not None}


def signed(said: dict[str, Any], key: Any, **header: Any) -> str:
    """A token of these claims, signed with the key."""
    algorithm = {"RSA": "RS256", "EC": "ES256", "oct": "HS256"}[key.key_type]
    whole = {"alg": algorithm, "kid": key.kid, "typ": "JWT"} | header
    whole = {name: value for name, value in whole.items() if value is not None}
    return jwt.encode(whole, said, key, algorithms=[whole["alg"]], default_type=None)


def by_hand(header: Any, said: Any, signature: bytes | str = b"") -> str:
    """A token that no library would make."""
    parts = [json.dumps(part) if not isinstance(part, str) else part for part in (header, said)]
    last = signature if isinstance(signature, str) else part64(signature)
    return ".".join([*(part64(part.encode()) for part in parts), last])


def part64(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def with_public_key_as_secret(said: dict[str, Any], key: RSAKey, **header: Any) -> str:
    """A token signed by HMAC with the public key, which everybody has: the oldest of confusions."""
    whole = {"alg": "HS256", "kid": key.kid, "typ": "JWT"} | header
    signed_part = ".".join(part64(json.dumps(part).encode()) for part in (whole, said))
    return f"{signed_part}.{part64(hmac.digest(key.as_pem(private=False), signed_part.encode(), 'sha256'))}"
