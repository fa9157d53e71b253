"""The files of a golden JSON: itself in every form in use, and the manifest that says what it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text
from sqlmodel import Session

from backend.errors import NotFound
from backend.golden.file_names import MANIFEST, stem
from backend.golden.keeping_json import sha256
from backend.queries.golden_jsons import (
    GoldenJsonFacts,
    golden_json,
    golden_json_facts,
    golden_json_making,
    golden_json_text,
)
from backend.version import program_version
from models.lumi_formats import write_cmssw_string, write_csv, write_luminosity_block_range, write_pretty_json
from models.lumi_json import GoldenJson

_MARKED = text('SELECT "by", at FROM change_set WHERE id = :id')


@dataclass(frozen=True, slots=True)
class GoldenFile:
    """A file as it is downloaded; ``sha256`` is that of its bytes."""

    name: str
    content: str
    media_type: str
    sha256: str


_WRITERS: Mapping[str, tuple[str, str, Callable[[GoldenJson], str]]] = {
    "pretty": (".pretty.json", "application/json", write_pretty_json),
    "cmssw": (".cmssw.txt", "text/plain", write_cmssw_string),
    "block-range": (".cff.txt", "text/plain", write_luminosity_block_range),
    "csv": (".csv", "text/csv", write_csv),
}
FORMS = ("json", "manifest", *_WRITERS)
"""The forms that there are; what each is called is its file's name with another ending."""


def golden_file(session: Session, golden_json_id: int, form: str = "json") -> GoldenFile:
    """A golden JSON as a file.

    Parameters
    ----------
    form
        One of :data:`FORMS`, or the name that the file in that form has.

    Raises
    ------
    NotFound
        If there is no such golden JSON, or no such form.
    """
    facts = golden_json_facts(session, golden_json_id)
    names = file_names(facts)
    wanted = next((known for known, name in names.items() if form in (known, name)), None)
    if wanted is None:
        raise NotFound(f"Golden JSON {facts.id} has no file {form!r:.160}; it has {', '.join(names.values())}.")
    if wanted == "json":
        content = golden_json_text(session, facts.id)
        return GoldenFile(names[wanted], content, "application/json", facts.sha256)
    if wanted == "manifest":
        content, media = manifest_text(session, facts), "application/json"
    else:
        _, media, write = _WRITERS[wanted]
        content = write(golden_json(session, facts.id))
    return GoldenFile(names[wanted], content, media, sha256(content))


def file_names(facts: GoldenJsonFacts) -> dict[str, str]:
    """Form → what the file is called."""
    base = stem(facts.file_name)
    written = {form: base + ending for form, (ending, _, _) in _WRITERS.items()}
    return {"json": facts.file_name, "manifest": base + MANIFEST, **written}


def manifest_text(session: Session, facts: GoldenJsonFacts) -> str:
    """The manifest as it stands beside the file."""
    return orjson.dumps(manifest(session, facts), option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode() + "\n"


def manifest(session: Session, facts: GoldenJsonFacts) -> dict[str, Any]:
    """What the file is: which, of what, by whom, when, and how to check it. Luminosities are in /pb."""
    making = golden_json_making(session, facts.id)
    official = None
    if facts.official is not None:
        by, at = session.execute(_MARKED, {"id": facts.official_since}).one()
        official = {
            "kind": facts.official,
            "is_latest": facts.is_latest,
            "marked_by": by,
            "marked_at": at,
            "change_set": facts.official_since,
        }
    made = making.as_of is not None
    return {
        "file": facts.file_name,
        "sha256": facts.sha256,
        "id": facts.id,
        "kind": facts.kind.value,
        "label": facts.label,
        "note": facts.note,
        "tags": facts.tags,
        "official": official,
        "made_by": facts.made_by,
        "made_at": facts.made_at,
        "change_set": facts.change_set,
        "recipe": {"name": facts.recipe_name, "version": facts.recipe_version, "rule": making.rule} if made else None,
        "datasets": {"pattern": making.pattern, "count": len(making.datasets)} if made else None,
        "options": making.options,
        "as_of": {"change_set": making.as_of, "at": making.as_of_at} if made else None,
        "came_as": facts.came_as,
        "runs": facts.runs,
        "lumisections": facts.lumisections,
        "first_run": facts.first_run,
        "last_run": facts.last_run,
        "luminosity": {
            "unit": "/pb",
            "delivered": facts.delivered_per_pb,
            "recorded": facts.recorded_per_pb,
            "lumisections_without": facts.without_luminosity,
        },
        "written_by": f"CMS Run Registry {program_version()}",
    }
