"""Golden JSONs from elsewhere, kept beside one's own: the published files, other people's, what was pasted."""

import hashlib
import re
import time
from collections.abc import Iterable

from sqlmodel import Session

from backend.access import Actor
from backend.errors import InvalidInput
from backend.golden.file_names import checked_file_name
from backend.golden.keeping_json import held, keep, named, require_login, said_of
from backend.record import GoldenJsonMade, next_golden_json
from models.lumi_formats import read_lumisections
from models.lumis import BadLumisections
from models.vocabulary import GoldenJsonKind

_LONGEST_NAME = 200


def keep_upload(
    session: Session,
    actor: Actor,
    content: str | bytes,
    *,
    came_as: str = "",
    label: str = "",
    tags: Iterable[str] = (),
    note: str = "",
) -> int:
    """Keep the lumisections that a file or a pasted text holds, as one's own; gives the id.

    They are kept as compact JSON whatever form they came in. The SHA-256 of what came is kept among the options as
    ``sha256_as_it_came``, so that a published file is known again.

    Parameters
    ----------
    content
        In any form that :func:`~models.lumi_formats.read_lumisections` reads.
    came_as
        The name of the file; none of what was pasted.

    Raises
    ------
    NotPermitted
        If the actor is not signed in.
    InvalidInput
        If the content cannot be read, or a word cannot be.
    """
    require_login(actor)
    begun = time.perf_counter()
    said = said_of(label=label, note=note, tags=tags)
    name = came_as.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise InvalidInput(f"A file's name has at most {_LONGEST_NAME} characters, not {name!r:.80}.")
    try:
        json = read_lumisections(content)
    except BadLumisections as error:
        raise InvalidInput(str(error)) from error
    as_it_came = content.encode() if isinstance(content, str) else content
    said["file_name"] = _file_name(name) or named(session, json, told=name, kind="uploaded")
    made = GoldenJsonMade(
        id=next_golden_json(session),
        kind=GoldenJsonKind.UPLOADED,
        **held(session, json),
        options={"sha256_as_it_came": hashlib.sha256(as_it_came).hexdigest()},
        came_as=name or None,
        seconds=time.perf_counter() - begun,
    )
    told = f"golden JSON {made.id} {f'from {name}' if name else 'pasted'}"
    keep(session, actor, made, said=said, why=f"{told}: {made.runs} runs, {made.lumisections} lumisections")
    return made.id


def _file_name(name: str) -> str | None:
    """The name it came with, as a file may be called; none, if nothing is left of it."""
    ending = name.rsplit(".", 1)[-1].lower()
    plain = re.sub(r"[^A-Za-z0-9._+-]+", "_", name if ending in ("json", "txt") else f"{name}.json").lstrip("._+-")
    try:
        return checked_file_name(plain) if name else None
    except InvalidInput:
        return None
