"""What a page may load and do in the browser: what this server gives, and nothing else."""

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import streamlit

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def page_policy() -> Mapping[str, str]:
    """The Content-Security-Policy of the pages, as directive → sources.

    Scripts are files of this server, the ones that stand in Streamlit's own page, and the components, which Streamlit
    loads from ``blob:`` addresses that only this page can make. Styles stand in the elements (Emotion, ``st.html``),
    and some fonts in Streamlit's own style sheet.
    """
    return {
        "default-src": "'none'",
        "script-src": " ".join(("'self'", *_hashes(), "blob:")),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "media-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def _hashes() -> tuple[str, ...]:
    """The scripts in Streamlit's page, each by its hash: whatever else stands in the page does not run."""
    page = Path(streamlit.__file__).with_name("static") / "index.html"
    scripts = _INLINE.findall(page.read_text(encoding="utf-8"))
    return tuple(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
