"""The golden JSONs that the original kept, under their own numbers: the files, not what they were lost by."""

from typing import Any

import orjson
from psycopg import Connection
from sqlalchemy import Engine, text

from backend.db import transaction
from backend.golden.keeping_json import held
from backend.golden.words import LONGEST_TAG, MOST_TAGS, checked_tags
from backend.legacy.configuration import BY
from backend.legacy.report import Report
from backend.legacy.source import tables_of
from backend.record import Act, GoldenJsonMade, GoldenJsonSaid, record
from models.lumi_formats import read_lumisections
from models.lumis import BadLumisections
from models.vocabulary import ActKind, GoldenJsonKind

_JSONS = """
    SELECT id, dataset_name_filter, tags, created_by, official, runregistry_version, json_logic, generated_json,
        coalesce(deleted, false)
    FROM "GeneratedJson" ORDER BY id
"""
_NEXT = text("SELECT setval('golden_json_id_seq', (SELECT max(id) FROM golden_json))")
_UNREADABLE = "golden JSONs that hold no lumisections by run: left out"


def bring_golden_jsons(on: Engine, original: Connection[Any], report: Report) -> None:
    """Keep every golden JSON by an act of whoever made it, the deleted ones too.

    Its rule, pattern and version number are among the options; what was lost is not carried over, it can be asked anew.
    """
    if "GeneratedJson" not in tables_of(original):
        return
    with transaction(on) as session:
        for id_, pattern, tags, by, official, version, rule, content, is_deleted in original.execute(_JSONS).fetchall():
            try:
                json = read_lumisections(orjson.dumps(content))
            except BadLumisections as error:
                report.misses(_UNREADABLE, 1, [f"{id_}: {error}"])
                continue
            name = f"golden JSON {id_} of the original"
            told = {"pattern": pattern, "rule": rule, "version": version, "tags": tags, "is_official": official}
            made = GoldenJsonMade(
                id=id_, kind=GoldenJsonKind.UPLOADED, **held(session, json), options={"original": told}, came_as=name
            )
            said = {
                "label": name,
                "note": f"made of {pattern} as of version {version}",
                "tags": _tags(tags, official),
                "file_name": f"original_{id_}.json",
                **({"deleted": True} if is_deleted else {}),
            }
            act = Act(
                by or BY, name, ActKind.GOLDEN_JSON, new_golden_jsons=(made,), golden_jsons=(GoldenJsonSaid(id_, said),)
            )
            record(session, act)
            report.brought["golden JSONs"] += 1
        if report.brought["golden JSONs"]:
            session.execute(_NEXT)


def _tags(told: str | None, official: bool | None) -> list[str]:
    """As they may be here, the rest cut off; as they were they are among the options."""
    words = (" ".join(word.split())[:LONGEST_TAG] for word in (told or "").split(","))
    wanted = [*(["official"] if official else []), *(word for word in words if word.isprintable())]
    return checked_tags(list(dict.fromkeys(filter(None, wanted)))[:MOST_TAGS])
