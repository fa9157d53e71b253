"""An identity: who asks, and how the registry knows."""

from dataclasses import dataclass
from enum import StrEnum

from backend.access import VISITOR, Actor


class Way(StrEnum):
    """How it is known who asks."""

    PROVIDER = "provider"
    PERSONAL = "personal token"
    PROXY = "proxy"
    DEMO = "demo"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks. ``key`` names whoever it is from one request to the next: the person, the token, or the address."""

    way: Way
    key: str
    actor: Actor

    @classmethod
    def nobody(cls, address: str) -> "Identity":
        """Somebody who did not say who they are, by the address that the question came from."""
        return cls(Way.NOBODY, f"address {address}", VISITOR)
