"""Paths of this registry that a login may lead back to; anything that could lead elsewhere is the first page."""

from collections.abc import Iterable
from urllib.parse import quote, urlencode, urlsplit

FIRST_PAGE = "/"
LOGIN = "/login"
STREAMLIT_LOGIN = "/auth/login"
CALLBACK = "/oauth2callback"
_MOST_CHARACTERS = 2_000
_NO_PAGES = (f"{LOGIN}/", f"{CALLBACK}/", "/auth/", "/api/", "/_stcore/", "/media/", "/component/", "/static/")


def own_path(said: str) -> str:
    r"""The path, if it is one of a page of this registry, with its query; otherwise that of the first page.

    >>> own_path("/run?run=325057&ls=20-30")
    '/run?run=325057&ls=20-30'
    >>> own_path("//example.org/run"), own_path("https://example.org/"), own_path("/\\example.org")
    ('/', '/', '/')
    """
    if not said.startswith("/") or len(said) > _MOST_CHARACTERS or "\\" in said or not said.isprintable():
        return FIRST_PAGE
    try:
        parts = urlsplit(said)
    except ValueError:
        return FIRST_PAGE
    leads_away = parts.scheme or parts.netloc or said.startswith("//")
    return FIRST_PAGE if leads_away or f"{parts.path}/".startswith(_NO_PAGES) else said


def login_path(url: str | None, query: Iterable[tuple[str, str]]) -> str:
    """The path of the login that leads back to the page at this address.

    >>> login_path("http://127.0.0.1:8501/run", [("run", "325057")])
    '/login?next=%2Frun%3Frun%3D325057'
    """
    asked = urlencode(list(query))
    path = urlsplit(url or "").path or FIRST_PAGE
    return f"{LOGIN}?next={quote(f'{path}?{asked}' if asked else path, safe='')}"
