"""The demo identity is for whoever sits at this machine: anybody else is told to sign in, however they got here."""

from urllib.parse import urlsplit

from backend.loopback import is_loopback


def why_no_demo(*, peer: str | None, host: str | None, origin: str | None) -> str:
    """Why a request may not act as the demo identity; empty: it may.

    Parameters
    ----------
    peer
        The address that the request came from, as the server saw it.
    host
        Its header ``Host``: a page elsewhere whose name leads to this machine (DNS rebinding) says its own.
    origin
        Its header ``Origin``: a page elsewhere that a browser on this machine shows says its own.
    """
    if not is_loopback(peer):
        return f"The demo identity acts for this machine alone, and {peer or 'nobody knows who'} is not on it."
    for what, said in (("Host", _hostname(f"//{host}") if host else "localhost"), ("Origin", _hostname(origin))):
        if not is_loopback(said):
            return f"The demo identity acts for pages of this machine alone, and the {what} is {said!r}."
    return ""


def _hostname(url: str | None) -> str:
    """The host of a URL; that of none at all is this machine, and that of nonsense is nowhere."""
    if url is None:
        return "localhost"
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url
