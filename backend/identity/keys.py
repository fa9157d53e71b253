"""The keys of a provider: found by discovery, kept, and asked for again when a token names one that is not known."""

import threading
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import httpx
import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey

from backend.errors import NotIdentified, SourceNonsense, SourceUnavailable

FRESH_SECONDS = 600.0
"""A key that the provider takes back is believed for no longer than this."""

PAUSE_SECONDS = 10.0
"""The provider is asked no more often than this, however many tokens name keys that there are not."""

LEAST_RSA_BITS = 2048
"""Shorter keys are not believed (NIST SP 800-131A)."""

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class ProviderKeys:
    """The public keys of one provider, by their ids. Safe to be asked by many threads."""

    def __init__(
        self,
        issuer: str,
        metadata_url: str,
        *,
        timeout_seconds: float,
        clock: Callable[[], float],
        network: httpx.BaseTransport | None,
    ) -> None:
        self._issuer = issuer
        self._metadata_url = metadata_url
        self._clock = clock
        self._client = httpx.Client(timeout=timeout_seconds, transport=network)
        self._lock = threading.Lock()
        self._held: Mapping[str, Key] = {}
        self._fresh_until = self._next_look = float("-inf")
        self._away: SourceUnavailable | None = None

    def key(self, kid: str) -> Key:
        """The key of this id. Keys that are known go on while the provider is away.

        Raises
        ------
        NotIdentified
            If the provider has no such key.
        SourceUnavailable
            If it is not known, and the provider did not answer, or not with what can be believed.
        """
        is_known = kid in self._held
        if not is_known or self._clock() >= self._fresh_until:
            self._look(is_patient=not is_known)
        if (key := self._held.get(kid)) is not None:
            return key
        if self._away is not None:
            raise self._away
        raise NotIdentified(f"The token names the key {kid!r:.60}, which {self._issuer} does not have.")

    def _look(self, *, is_patient: bool) -> None:
        """Ask once for all who wait, and not again too soon; who has a key in hand does not wait for others."""
        if not self._lock.acquire(blocking=is_patient):
            return
        try:
            now = self._clock()
            if now < self._next_look:
                return
            try:
                self._held, self._away = self._asked(), None
                self._fresh_until = now + FRESH_SECONDS
            except SourceUnavailable as error:
                self._away = error
            self._next_look = self._clock() + PAUSE_SECONDS
        finally:
            self._lock.release()

    def _asked(self) -> dict[str, Key]:
        metadata = self._get(self._metadata_url)
        issuer, address = metadata.get("issuer"), metadata.get("jwks_uri")
        if issuer != self._issuer:
            raise SourceNonsense(f"{self._metadata_url} speaks of the issuer {issuer!r:.80}, not of {self._issuer}.")
        listed = self._get(address).get("keys") if isinstance(address, str) else None
        keys = [key for one in listed if (key := _public(one))] if isinstance(listed, list) else []
        if not keys:
            raise SourceNonsense(f"{self._issuer} gives no keys that a token could be verified with.")
        return {str(key.kid): key for key in keys}

    def _get(self, url: str) -> dict[str, object]:
        """The JSON object under an address. Keys are believed over TLS alone, or from this machine."""
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise SourceNonsense(f"The identity provider has keys at {url!r:.80}, which is not https.")
        try:
            answer = self._client.get(url)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceUnavailable(
                f"The identity provider does not answer at {url} ({error or type(error).__name__}); "
                "a new token cannot be verified until it does."
            ) from error
        if answer.status_code != httpx.codes.OK:
            raise SourceUnavailable(f"The identity provider answered {url} with {answer.status_code}.")
        try:
            content = orjson.loads(answer.content)
        except orjson.JSONDecodeError as error:
            raise SourceNonsense(f"The identity provider answered {url} with what is no JSON.") from error
        return content if isinstance(content, dict) else {}


def _public(said: object) -> Key | None:
    """The key, if it is one of a pair, for signatures, long enough and with an id; what else there is is left out."""
    if not isinstance(said, dict) or said.get("use", "sig") != "sig" or not isinstance(said.get("kid"), str):
        return None
    if said.get("kty") not in (RSAKey.key_type, ECKey.key_type, OKPKey.key_type):
        return None
    try:
        key = JWKRegistry.import_key(said)
        if isinstance(key, RSAKey) and key.public_key.key_size < LEAST_RSA_BITS:
            return None
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key
