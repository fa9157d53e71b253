"""Import luminosities: what a person does with a file of brilcalc."""

from sqlalchemy import Engine
from sqlmodel import Session

from backend.access import Action, Actor
from backend.certify.permitted import permitted
from backend.db import transaction
from backend.ingest.brilcalc import Brilcalc, Progress, read_brilcalc
from backend.ingest.luminosity import Imported, import_brilcalc


def import_luminosity(
    engine: Engine,
    actor: Actor,
    content: str | bytes,
    *,
    name: str,
    why: str = "",
    progress: Progress = lambda share, what: None,
) -> Imported:
    """Record what is new in a CSV of ``brilcalc lumi --byls``, in one act; what is known so already is not said again.

    Raises
    ------
    NotPermitted
        If the actor may not import luminosities.
    InvalidInput
        If the file cannot be read, or is not whole; nothing is then recorded.
    """
    with transaction(engine) as session:
        permitted(session, actor, Action.LUMINOSITY_IMPORT)
    return import_brilcalc(engine, content, name=name, by=actor.name, why=why, progress=progress)


def look_at_luminosity(session: Session, actor: Actor, content: str | bytes) -> Brilcalc:
    """What is in the file, before it is imported.

    Raises
    ------
    NotPermitted, InvalidInput
        As :func:`import_luminosity`.
    """
    permitted(session, actor, Action.LUMINOSITY_IMPORT)
    return read_brilcalc(content)
