"""The provider of logins as scripts meet it: whether a token is one of its, for this registry, and good now.

RFC 9068 and RFC 8725 (*JSON Web Token Best Current Practices*) say what is looked at: the algorithm, the key, the
signature, the issuer, the audience, the times, and that it is an access token.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import httpx
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import GuestProtocol, Key
from joserfc.jws import JWSRegistry

from backend.errors import InvalidSettings, NotIdentified
from backend.identity.keys import ProviderKeys
from backend.settings import Settings

LEEWAY_SECONDS = 30
"""A provider whose clock is ahead by less is believed."""

ASYMMETRIC = frozenset(
    "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split()  # RFC 7518 §3.1, RFC 8037, RFC 9864
)
"""The algorithms that there may be: whoever checks a signature of these cannot make one."""

_TYPES = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})
"""What a token may say that it is; a logout token or a proof is signed by the same keys (RFC 8725 §3.11)."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose tokens are believed, and for whom they have to be."""

    issuer: str
    metadata_url: str
    audiences: tuple[str, ...]
    algorithms: tuple[str, ...]
    timeout_seconds: float

    @classmethod
    def of(cls, chosen: Settings) -> "Expected":
        """What the settings say.

        Raises
        ------
        NotIdentified
            If this registry knows no provider.
        InvalidSettings
            If it names no audience, or an algorithm that is not asymmetric.
        """
        if chosen.oidc_issuer is None:
            raise NotIdentified("This registry knows no provider of tokens; a personal token is made on its Settings.")
        audiences = _listed(chosen.oidc_audiences) or _listed(chosen.oidc_client_id or "")
        if not audiences:
            raise InvalidSettings("RR_OIDC_ISSUER is set, but neither RR_OIDC_AUDIENCES nor RR_OIDC_CLIENT_ID.")
        algorithms = _listed(chosen.oidc_algorithms)
        if not algorithms or (wrong := [name for name in algorithms if name not in ASYMMETRIC]):
            said = ", ".join(wrong if algorithms else ()) or "none"
            raise InvalidSettings(f"RR_OIDC_ALGORITHMS cannot be {said}: those of key pairs alone, such as RS256.")
        issuer = chosen.oidc_issuer
        metadata = chosen.oidc_metadata_url or f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        return cls(issuer, metadata, audiences, algorithms, chosen.oidc_timeout_seconds)


class Provider:
    """A provider of tokens; keeps its keys.

    Parameters
    ----------
    clock
        What time it is, in seconds since 1970.
    network
        What carries the requests; none: the network.
    """

    def __init__(
        self,
        expected: Expected,
        *,
        clock: Callable[[], float] = time.time,
        network: httpx.BaseTransport | None = None,
    ) -> None:
        self._expected = expected
        self._clock = clock
        self._keys = ProviderKeys(
            expected.issuer,
            expected.metadata_url,
            timeout_seconds=expected.timeout_seconds,
            clock=clock,
            network=network,
        )

    def verify(self, token: str) -> Mapping[str, object]:
        """The claims of an access token of this provider, for this registry, that is good now.

        Raises
        ------
        NotIdentified
            If it is not such a token; the sentence says why.
        SourceUnavailable
            If it may be one, but is signed with a key that is not known yet, and the provider does not answer.
        """
        expected = self._expected
        registry = JWSRegistry(algorithms=list(expected.algorithms), strict_check_header=False)
        times = jwt.JWTClaimsRegistry(
            now=int(self._clock()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": expected.issuer},
            aud={"essential": True, "values": list(expected.audiences)},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        try:
            read = jwt.decode(token, self._key, algorithms=list(expected.algorithms), registry=registry)
            times.validate(read.claims)
        except ExpiredTokenError as error:
            raise NotIdentified("The token has expired.") from error
        except (JoseError, ValueError, RecursionError) as error:
            raise NotIdentified(f"The token is not believed: {_reason(error)}.") from error
        _refuse_other_kinds(read)
        return read.claims

    def _key(self, guest: GuestProtocol) -> Key:
        kid = guest.headers().get("kid")
        if not isinstance(kid, str) or not kid:
            raise NotIdentified("The token does not name the key that it is signed with.")
        return self._keys.key(kid)


@lru_cache(maxsize=8)
def provider_of(expected: Expected) -> Provider:
    """The provider of these tokens, one in each process: it keeps the keys."""
    return Provider(expected)


def _refuse_other_kinds(read: jwt.Token) -> None:
    """An ID token is for the pages and says who logged in there; it is no leave to act. Keycloak marks them in ``typ``
    of the claims, everybody by the hash of the access token that came with it (OpenID Connect Core §3.1.3.6)."""
    header, claim = str(read.header.get("typ") or "").lower(), str(read.claims.get("typ") or "Bearer")
    if header not in _TYPES or claim.lower() != "bearer" or "at_hash" in read.claims:
        raise NotIdentified("The token is no access token: it was made for something else.")


def _reason(error: Exception) -> str:
    """Why, without a word of the token itself."""
    said = getattr(error, "description", "") or str(error) if isinstance(error, JoseError) else "it cannot be read"
    return (said or getattr(error, "error", "") or "it cannot be read").rstrip(".")


def _listed(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())
