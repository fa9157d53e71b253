"""The keys that the identity provider signs with: one at a time, replaced now and then, published for who verifies."""

from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

ALGORITHM = "RS256"


class UnknownToken(Exception):
    """A token that none of the published keys has signed."""


@dataclass
class Keys:
    """The signing keys, made when first needed. The newest signs; those before it are published until forgotten."""

    _lock: Lock = field(default_factory=Lock, repr=False)

    @cached_property
    def _published(self) -> list[RSAKey]:
        return [_new_key("key-1")]

    @cached_property
    def _stranger(self) -> RSAKey:
        """A key that was never published, under the name of one that was."""
        return _new_key("key-1")

    def rotate(self, *, forget: bool = False) -> str:
        """Sign with a new key from now on; gives its name. The others stay published, unless forgotten."""
        with self._lock:
            number = int(self._published[-1].kid.rpartition("-")[2]) + 1
            self._published[:] = [*([] if forget else self._published), _new_key(f"key-{number}")]
            return self._published[-1].kid

    def jwks(self) -> dict[str, object]:
        """The published keys, as ``jwks_uri`` serves them."""
        with self._lock:
            return {"keys": [key.as_dict(private=False) for key in self._published]}

    def sign(self, claims: dict[str, object], *, with_wrong_key: bool = False) -> str:
        """A token with these claims."""
        with self._lock:
            named = self._published[-1]
        key = self._stranger if with_wrong_key else named
        return jwt.encode({"alg": ALGORITHM, "kid": named.kid, "typ": "JWT"}, claims, key)

    def read(self, token: str) -> dict[str, object]:
        """The claims of a token that one of the published keys signed.

        Raises
        ------
        UnknownToken
            If none did.
        """
        try:
            return jwt.decode(token, KeySet(list(self._published)), algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError) as error:
            raise UnknownToken(str(error)) from error


def _new_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": ALGORITHM}, auto_kid=False)
