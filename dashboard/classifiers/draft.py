"""A draft: what somebody has begun to write about a classifier and not saved. It travels in the address of the page.

Whoever opens the link sees the same text, impact included, and saves it if he or she may (docs/decisions/0011).
"""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from backend.classify import ClassifierBody
from backend.classify.commands import model_of
from backend.configuration import Body, Side
from backend.errors import InvalidInput
from backend.rules import parse_text
from backend.rules.facts import Subject
from dashboard.rule_text import rule_text
from models.vocabulary import ConfigurationKind

MOST_IN_ADDRESS = 4_000
"""Characters of a draft that an address can carry through mails and chats; a longer one is handed on as a file."""

_MOST_UNPACKED = 1_000_000
_SUBJECTS = {
    ConfigurationKind.RUN_CLASS: Subject.RUN,
    ConfigurationKind.SIGNIFICANCE: Subject.RUN,
    ConfigurationKind.OFFLINE_DATASET: Subject.OFFLINE_DATASET,
    ConfigurationKind.RECIPE: Subject.RECIPE,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What would become the next version of a classifier.

    ``text`` is the rule as it was typed, be it well-formed or not; ``fields`` the rest of the body. ``version`` is the
    one that it began from, 0 for a new classifier, and ``seen`` the change set up to which its author had looked.
    """

    kind: ConfigurationKind
    name: str
    text: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    seen: int = 0
    by: str = ""

    @property
    def subject(self) -> Subject:
        """What the rule judges, also while it is none."""
        if self.kind is ConfigurationKind.COMPONENT:
            is_online = self.fields.get("side") == Side.ONLINE
            return Subject.ONLINE_COMPONENT if is_online else Subject.OFFLINE_COMPONENT
        return _SUBJECTS[self.kind]

    def body(self) -> ClassifierBody:
        """What would be saved.

        Raises
        ------
        InvalidRule
            If the rule cannot be, with the place where it is wrong.
        InvalidInput
            If the rest cannot be.
        """
        rule = parse_text(self.text).as_json()
        return read_body(self.kind, {**self.fields, "rule": rule})

    def with_text(self, text: str) -> "Draft":
        """The same with another rule."""
        return replace(self, text=text)

    def with_field(self, name: str, value: object) -> "Draft":
        """The same with another value of something else than the rule."""
        return replace(self, fields={**self.fields, name: value})


def read_body(kind: ConfigurationKind, said: Mapping[str, Any]) -> ClassifierBody:
    """The body of a classifier of that kind, checked as far as it can be without the registry.

    Raises
    ------
    InvalidInput
        If it cannot be.
    """
    try:
        return model_of(kind).model_validate(dict(said))
    except ValueError as error:
        first = error.errors()[0] if hasattr(error, "errors") else {"msg": str(error), "loc": ()}
        where = ".".join(map(str, first["loc"]))
        raise InvalidInput(f"{f'{where}: ' if where else ''}{first['msg'].rstrip('.')}.") from error


def draft_of(kind: ConfigurationKind, name: str, body: Body, *, version: int, seen: int, by: str = "") -> Draft:
    """A draft that begins from a version."""
    assert isinstance(body, ClassifierBody)
    fields = body.model_dump(mode="json", exclude={"rule"})
    return Draft(kind, name, rule_text(body.condition), fields, version, seen, by)


def to_link(draft: Draft) -> str:
    """The draft as an address carries it."""
    packed = zlib.compress(to_file(draft), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def from_link(said: str) -> Draft:
    """The draft that an address carries.

    Raises
    ------
    InvalidInput
        If it is none, as when a part of the link was lost.
    """
    try:
        packed = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))
        unpacking = zlib.decompressobj()
        unpacked = unpacking.decompress(packed, _MOST_UNPACKED)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise InvalidInput("The draft in this address cannot be read: a part of the link was lost.") from error
    if not unpacking.eof:
        raise InvalidInput("The draft in this address cannot be read: a part of the link was lost.")
    return from_file(unpacked)


def to_file(draft: Draft) -> bytes:
    """The draft as a file: JSON."""
    return json.dumps(asdict(draft), ensure_ascii=False).encode()


def from_file(said: bytes) -> Draft:
    """The draft in a file.

    Raises
    ------
    InvalidInput
        If there is none in it.
    """
    try:
        read = json.loads(said)
        kind = ConfigurationKind(read["kind"])
        model_of(kind)
        name, text, by = (str(read[word]) for word in ("name", "text", "by"))
        return Draft(kind, name, text, dict(read["fields"]), int(read["version"]), int(read["seen"]), by)
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput("This holds no draft of a classifier.") from error
