"""What the settings say of identities, judged before anybody is let in: a half-configured way in is none."""

from backend.errors import InvalidSettings
from backend.identity.provider import Expected
from backend.identity.proxy import networks_of
from backend.settings import Settings


def refuse_unclear_identities(chosen: Settings) -> None:
    """See that whoever is to be believed can be told from everybody else.

    Raises
    ------
    InvalidSettings
        If the provider has no audience or an algorithm by which anybody could sign; if the trusted proxy has no
        network or no secret, or a network that cannot be.
    """
    if chosen.oidc_issuer is not None:
        Expected.of(chosen)
    networks = networks_of(chosen.proxy_networks)
    if chosen.auth == "proxy" and not networks:
        raise InvalidSettings("RR_AUTH is proxy, and RR_PROXY_NETWORKS does not say where it stands.")
    if chosen.auth == "proxy" and chosen.proxy_secret is None:
        raise InvalidSettings("RR_AUTH is proxy, and RR_PROXY_SECRET is not set: anybody in its network could be it.")
