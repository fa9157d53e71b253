"""The provider as the environment names it, in the form that ``st.login`` reads. No file is needed, or read."""

from typing import Any

from backend.errors import InvalidSettings
from backend.settings import Settings
from dashboard.login.paths import CALLBACK

_DISCOVERY = ".well-known/openid-configuration"


def secrets_for_login(chosen: Settings) -> dict[str, Any]:
    """The secrets of the Streamlit app; none where nobody logs in through a provider.

    Raises
    ------
    InvalidSettings
        If something that a login needs is not said, or the address that the provider sends back to is another.
    """
    if chosen.auth != "oidc":
        return {}
    if missing := _missing(chosen):
        raise InvalidSettings(
            f"Nobody can log in: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set."
        )
    back = str(chosen.oidc_redirect_url)
    if not back.startswith(("http://", "https://")) or not back.endswith(CALLBACK):
        raise InvalidSettings(f"RR_OIDC_REDIRECT_URL cannot be {back!r}: it is an address that ends in {CALLBACK}.")
    return {
        "auth": {
            "redirect_uri": back,
            "cookie_secret": _revealed(chosen, "cookie_secret"),
            "client_id": str(chosen.oidc_client_id),
            "client_secret": _revealed(chosen, "oidc_client_secret"),
            "server_metadata_url": metadata_url(chosen),
            "client_kwargs": {"scope": chosen.oidc_scope},
        }
    }


def metadata_url(chosen: Settings) -> str:
    """Where the provider describes itself."""
    return chosen.oidc_metadata_url or f"{str(chosen.oidc_issuer).rstrip('/')}/{_DISCOVERY}"


def is_https(chosen: Settings) -> bool:
    """Whether browsers reach this registry by HTTPS, so that its cookies may be for HTTPS alone."""
    return (chosen.oidc_redirect_url or "").startswith("https://")


def _missing(chosen: Settings) -> list[str]:
    needed = {
        "RR_OIDC_ISSUER": chosen.oidc_issuer or chosen.oidc_metadata_url,
        "RR_OIDC_CLIENT_ID": chosen.oidc_client_id,
        "RR_OIDC_CLIENT_SECRET": chosen.oidc_client_secret,
        "RR_OIDC_REDIRECT_URL": chosen.oidc_redirect_url,
        "RR_COOKIE_SECRET": chosen.cookie_secret,
    }
    return [name for name, value in needed.items() if not value]


def _revealed(chosen: Settings, name: str) -> str:
    return str(getattr(chosen, name).get_secret_value())
