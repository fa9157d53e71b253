"""What people wrote, shown as they wrote it where Streamlit reads Markdown: in labels, captions, errors and hovers."""

import re

_MARKS = re.compile(r"[\\`*\[\]<$~#|]|:(?=[A-Za-z+])|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
"""What Markdown reads, and Streamlit's own ``:red[…]``, ``:material/…:``, ``$…$``; ``_`` within a word is a letter."""


def literal(text: str) -> str:
    r"""The text, so that it is shown as it is and nothing in it becomes an image, a heading or a link to elsewhere.

    An address that is written out is still a link, to itself.

    >>> print(literal("[look](https://example.org) *here* at tracker_strip"))
    \[look\](https://example.org) \*here\* at tracker_strip
    """
    return _MARKS.sub(r"\\\g<0>", text)
