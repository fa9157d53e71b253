"""What people say of a golden JSON, checked: its label, note, tags, file name and the kind it is official of."""

import re
from collections.abc import Iterable

from backend.errors import InvalidInput

LONGEST_LABEL = 120
LONGEST_NOTE = 4_000
LONGEST_TAG = 40
MOST_TAGS = 20
_KIND = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def checked_label(label: str) -> str:
    """The label on one line, none being allowed; InvalidInput if it is too long."""
    kept = " ".join(label.split())
    if len(kept) > LONGEST_LABEL or not kept.isprintable():
        raise InvalidInput(f"A label has at most {LONGEST_LABEL} characters, not {kept!r:.160}.")
    return kept


def checked_note(note: str) -> str:
    """The note; InvalidInput if it is too long."""
    kept = note.strip()
    if len(kept) > LONGEST_NOTE or "\0" in kept:
        raise InvalidInput(f"A note has at most {LONGEST_NOTE:,} characters, not {len(kept):,}.")
    return kept


def checked_tags(tags: Iterable[str]) -> list[str]:
    """The tags, each once, in order; empty ones are left out.

    Raises
    ------
    InvalidInput
        If there are too many, one is too long, or has a comma, by which tags are separated.
    """
    kept = list(dict.fromkeys(tag for tag in (" ".join(tag.split()) for tag in tags) if tag))
    if len(kept) > MOST_TAGS:
        raise InvalidInput(f"A golden JSON has at most {MOST_TAGS} tags, not {len(kept)}.")
    if wrong := next((tag for tag in kept if len(tag) > LONGEST_TAG or "," in tag or not tag.isprintable()), None):
        raise InvalidInput(f"A tag cannot be {wrong!r:.80}: at most {LONGEST_TAG} characters, none of them a comma.")
    return kept


def checked_kind(kind: str) -> str:
    """The kind of which a JSON is official, as it stands in links: ``golden``, ``muon-2024``.

    Raises
    ------
    InvalidInput
        If it cannot stand in a link.
    """
    if not _KIND.fullmatch(kind):
        raise InvalidInput(f"An official JSON cannot be of the kind {kind!r:.60}: lower case, digits and -, up to 40.")
    return kind
