"""An import of luminosities as a task: the file travels in the task, compressed, and the worker records what is new.

A year of lumisections by ``brilcalc --byls``, some 28 MB, is 5 MB so; it is kept as long as the task's row is.
"""

import base64
import binascii
import zlib
from typing import ClassVar, Self

from pydantic import Field, field_validator
from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.luminosity import import_luminosity, look_at_luminosity
from backend.ingest.brilcalc import MAX_BYTES, Brilcalc
from backend.jobs.asker import Asker
from backend.jobs.task import Errand, Hand

MOST_LETTERS = 32 * 2**20
"""The longest file as it travels: what base64 makes of 24 MB, which is five times what a whole year takes."""


class ImportLuminosity(Errand):
    """A file of brilcalc, to be recorded in one act. ``content`` is the file, compressed (zlib) and in base64."""

    kind: ClassVar[str] = "import luminosity"
    meaning: ClassVar[str] = "record what is new in a FILE of brilcalc lumi --byls"
    action: ClassVar[Action] = Action.LUMINOSITY_IMPORT

    asker: Asker
    name: str = Field(min_length=1, max_length=300)
    content: str = Field(min_length=1, max_length=MOST_LETTERS, repr=False)
    why: str = Field("", max_length=2_000)

    @classmethod
    def of(cls, actor: Actor, content: bytes, *, name: str, why: str = "") -> Self:
        """The task for a file as it was uploaded."""
        packed = base64.b64encode(zlib.compress(content)).decode()
        return cls(asker=Asker.of(actor), name=name, content=packed, why=why)

    @field_validator("content")
    @classmethod
    def _unpackable(cls, packed: str) -> str:
        _unpacked(packed)
        return packed

    def work(self, hand: Hand) -> str:
        """Do it. Done anew after a worker died, it says nothing twice."""
        done = import_luminosity(
            hand.engine,
            self.asker.actor,
            _unpacked(self.content),
            name=self.name,
            why=self.why,
            progress=hand.progress,
        )
        return str(done)


def import_of(
    session: Session, actor: Actor, content: bytes, *, name: str, why: str = ""
) -> tuple[ImportLuminosity, Brilcalc]:
    """The task for a file, and what is in the file: what is looked at before one asks for it.

    Raises
    ------
    NotPermitted
        If the actor may not import luminosities.
    InvalidInput
        If the file cannot be read, or is not whole.
    """
    file = look_at_luminosity(session, actor, content)
    return ImportLuminosity.of(actor, content, name=name, why=why), file


def _unpacked(packed: str) -> bytes:
    """The file; ValueError if there is none in it, or one that is too long."""
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(base64.b64decode(packed, validate=True), MAX_BYTES)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(f"this is not a file that was compressed by zlib and written in base64: {error}") from error
    if not unpacking.eof:
        raise ValueError(f"the file is cut, or longer than {MAX_BYTES:,} bytes")
    return content
