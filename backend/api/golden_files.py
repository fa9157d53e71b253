"""Golden JSONs as files under links that stay: each by its id, and the official one in force of a kind."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from backend.api.asked import as_json, moment, reading
from backend.golden.files import GoldenFile, file_names, golden_file
from backend.queries.golden_jsons import GoldenJsonFacts, golden_json_facts, latest_official, official_kinds

router = APIRouter(prefix="/golden", tags=["golden JSONs"])


@router.get("/official")
def official(request: Request) -> Response:
    """The official golden JSONs in force: ``{kind: {"id", "file", "sha256", "latest": link, …}}``."""
    with reading(request) as session:
        found = {kind: latest_official(session, kind) for kind in official_kinds(session)}
    return as_json(
        {kind: _told(facts) | {"latest": f"/golden/official/{kind}/latest"} for kind, facts in found.items()}
    )


@router.get("/official/{kind}/latest", name="latest_official_json")
@router.get("/official/{kind}/latest.{form}")
def latest(kind: str, request: Request, form: str = "json") -> Response:
    """The official golden JSON in force of a kind, whichever that is now; as ``.json``, ``.manifest``, ``.cmssw`` …"""
    with reading(request) as session:
        facts = latest_official(session, kind)
        file = golden_file(session, facts.id, form.removesuffix(".json") if form != "json" else form)
    return _answer(request, file, location=f"/golden/{facts.id}/{file.name}")


@router.get("/{id_}")
def golden_json(id_: int, request: Request) -> Response:
    """What a golden JSON is, with links to its files."""
    with reading(request) as session:
        facts = golden_json_facts(session, id_)
    files = {form: f"/golden/{facts.id}/{name}" for form, name in file_names(facts).items()}
    return as_json(_told(facts) | {"files": files})


@router.get("/{id_}/{file}")
def file_of(id_: int, file: str, request: Request) -> Response:
    """A file of a golden JSON: by its name, or as ``json``, ``manifest``, ``pretty``, ``cmssw``, ``csv`` …"""
    with reading(request) as session:
        found = golden_file(session, id_, file)
    return _answer(request, found, location=f"/golden/{id_}/{found.name}")


def _answer(request: Request, file: GoldenFile, *, location: str) -> Response:
    """The file with its hash as ``ETag``; 304 without it to whoever has it already."""
    tag = f'"{file.sha256}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "no-cache",
        "Content-Location": location,
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "X-Content-SHA256": file.sha256,
    }
    asked = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if asked & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type=file.media_type, headers=headers)


def _told(facts: GoldenJsonFacts) -> dict[str, object]:
    return {
        "id": facts.id,
        "file": facts.file_name,
        "sha256": facts.sha256,
        "label": facts.label,
        "tags": facts.tags,
        "official": facts.official,
        "made_by": facts.made_by,
        "made_at": moment(facts.made_at),
        "runs": facts.runs,
        "lumisections": facts.lumisections,
        "recorded_per_pb": facts.recorded_per_pb,
        "delivered_per_pb": facts.delivered_per_pb,
        "lumisections_without_luminosity": facts.without_luminosity,
    }
