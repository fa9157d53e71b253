"""What is kept of a golden JSON when it comes into the registry: its text, its counts, its luminosity, its name."""

import hashlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from backend.access import Actor
from backend.errors import NotPermitted
from backend.golden.file_names import Certified, field_file_name, kind_in, year_in
from backend.golden.luminosity import luminosity_of_json
from backend.golden.words import checked_label, checked_note, checked_tags
from backend.record import Act, GoldenJsonMade, GoldenJsonSaid, Recorded, record
from models.lumi_formats import write_golden_json
from models.lumi_json import GoldenJson
from models.vocabulary import ActKind

_OF_RUNS = text("""
    SELECT array_agg(DISTINCT extract(year FROM start_time)::int) FILTER (WHERE start_time IS NOT NULL) AS years,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY energy_gev) AS energy_gev
    FROM run WHERE run_number = ANY(:runs)
""")


def require_login(actor: Actor) -> None:
    """See that the actor is somebody; anybody who is keeps golden JSONs of their own."""
    if not actor.is_verified:
        raise NotPermitted(f"{actor.name} is not signed in: golden JSONs are kept per person.")


def sha256(content: str) -> str:
    """The SHA-256 of a text as a file, in hexadecimal."""
    return hashlib.sha256(content.encode()).hexdigest()


def held(session: Session, json: GoldenJson, *, as_of: int | None = None) -> dict[str, Any]:
    """The columns of a golden JSON that follow from what it holds, with its luminosity as of a change set."""
    content = write_golden_json(json)
    luminosity = luminosity_of_json(session, json, as_of=as_of)
    is_known = luminosity.lumisections > luminosity.missing.lumisections
    return {
        "content": content,
        "sha256": sha256(content),
        "runs": len(json),
        "lumisections": json.lumisections,
        "first_run": min(json, default=None),
        "last_run": max(json, default=None),
        "delivered_per_pb": luminosity.delivered_per_pb if is_known else None,
        "recorded_per_pb": luminosity.recorded_per_pb if is_known else None,
        "without_luminosity": luminosity.missing.lumisections,
    }


def named(
    session: Session,
    json: GoldenJson,
    *,
    told: str,
    kind: str,
    runs: tuple[int, int] | None = None,
    datasets: Iterable[str] = (),
) -> str:
    """What its file is called unless somebody says otherwise.

    Parameters
    ----------
    told
        Words that may tell the year, if the runs do not: the pattern, or an upload's name.
    kind
        ``golden``, ``muon`` …, or a recipe's name, which tells it.
    runs
        The first and the last run that were certified; those of the JSON unless said.
    datasets
        The names of its datasets, of which the reconstruction is read: ``/PromptReco/Collisions2018D/DQM``.
    """
    first, last = runs or (min(json, default=0), max(json, default=0))
    found = session.execute(_OF_RUNS, {"runs": list(json)}).one()
    years = found.years or []
    reconstructions = {name.split("/")[1] for name in datasets if name.count("/") > 1}
    return field_file_name(
        Certified(
            first_run=first,
            last_run=last,
            year=years[0] if len(years) == 1 else year_in(told),
            kind=kind_in(kind),
            reconstruction=reconstructions.pop() if len(reconstructions) == 1 else "",
            energy_gev=found.energy_gev,
        )
    )


def said_of(*, label: str, note: str, tags: Iterable[str]) -> dict[str, Any]:
    """The first words of a golden JSON, checked; InvalidInput if one cannot be."""
    return {"label": checked_label(label), "note": checked_note(note), "tags": checked_tags(tags)}


def keep(session: Session, actor: Actor, made: GoldenJsonMade, *, said: dict[str, Any], why: str) -> Recorded:
    """Put a golden JSON into the registry, with the first words about it, as one act."""
    act = Act(
        by=actor.name,
        why=why,
        kind=ActKind.GOLDEN_JSON,
        new_golden_jsons=(made,),
        golden_jsons=(GoldenJsonSaid(made.id, said),),
    )
    return record(session, act)
