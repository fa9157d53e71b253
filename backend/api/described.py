"""The OpenAPI as people and programs read it: what the API is, who one is there, examples, and what goes wrong."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from backend.api.examples import body_of, variable_of

_WORDS = """\
Two dialects stand here. Under **/v2** new programs read runs, datasets, segments, DCS bits and golden JSONs: one
language of filters, pages that follow each other, JSON or Arrow. The other routes speak as the **original** Run
Registry did, so that clients that exist go on working.

Lumisections are closed ranges, counted from 1. What was said and by whom is never lost: `change_set` and `version` are
the number of an act in the log, and grow.
"""
_ERROR = "#/components/schemas/Problem"
_PROBLEM = {
    "type": "object",
    "description": "What goes wrong, in a sentence.",
    "properties": {"err": {"type": "string"}},
    "required": ["err"],
    "example": {"err": "There is no run 1."},
}
_TAGS = {
    "v2: runs": "Runs for new programs.",
    "v2: datasets": "Datasets for new programs.",
    "v2: lumisections": "What is said of lumisections, range by range.",
    "v2: golden JSONs": "Golden JSONs that are kept.",
    "v2: vocabulary": "What filters, orders and fields may name.",
    "v2: changes": "What a mirror follows.",
    "runs": "As in the original.",
    "datasets": "As in the original.",
    "lumisections": "As in the original: lists and ranges.",
    "histories": "As in the original: who said what.",
    "certification": "As in the original: flags and states are changed.",
    "DC tools": "As in the original: many datasets at once.",
    "cycles": "As in the original.",
    "workspaces": "As in the original.",
    "classifiers": "As in the original.",
    "playground": "As in the original: rules are tried.",
    "accepted datasets": "As in the original.",
    "golden JSON": "As in the original: about ranges that are given.",
    "golden JSONs": "The portal as in the original, and files under links that stay.",
    "permissions": "Who may do what.",
    "log": "Acts.",
    "health": "For whoever watches over the registry.",
}
_WRONG = {
    400: "the question cannot be; the sentence names the part",
    401: "a token is needed, or is not believed",
    404: "there is nothing of the kind",
    413: "the body is too large",
    429: "asked too often; `Retry-After` says when to ask again",
    503: "the database, or the identity provider, does not answer",
}
_WRONG_WRITING = {
    403: "a right is missing; the sentence names the e-groups that have it",
    409: "the state does not allow it, or somebody was faster",
}
_READ_BY_POST = (
    "/runs_filtered_ordered",
    "/datasets_filtered_ordered",
    "/datasets_get_lumisection_bar",
    "/datasets/get_dataset",
    "/datasets/export_to_csv",
    "/dc_tools/unique_dataset_names",
    "/lumisections/",
    "/classifier_playground",
    "/versions/",
    "/visualization/",
    "/json_creation/",
    "/json_portal/json",
)


class DescribedAPI(FastAPI):
    """FastAPI, whose OpenAPI has what stands in no signature."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI, made once."""
        if self.openapi_schema is None:
            schema = super().openapi()
            schema["info"]["description"] = _WORDS
            schema["tags"] = [{"name": name, "description": meaning} for name, meaning in _TAGS.items()]
            components = schema.setdefault("components", {})
            components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            schemas = components.setdefault("schemas", {})
            schemas["Problem"] = _PROBLEM
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            schema["security"] = [{"token": []}, {}]
            for method, path, operation in _operations(schema):
                _describe(method, path, operation)
        return self.openapi_schema or {}


def is_write(method: str, path: str) -> bool:
    """Whether a route changes something."""
    is_edit = path.startswith("/lumisections/edit_")
    return method != "GET" and (is_edit or method != "POST" or not path.startswith(_READ_BY_POST))


def _operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _describe(method: str, path: str, operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        is_told = {"example", "examples"} & (parameter.keys() | parameter["schema"].keys())
        if parameter["required"] and not is_told:
            example = variable_of(parameter["name"], path)
            if example is not None:
                parameter["example"] = example
    if "requestBody" in operation and (example := body_of(method, path)) is not None:
        operation["requestBody"]["content"]["application/json"]["example"] = example
    answers = operation["responses"]
    answers.pop("422", None)
    for status, meaning in (_WRONG | (_WRONG_WRITING if is_write(method, path) else {})).items():
        content = {"application/json": {"schema": {"$ref": _ERROR}}}
        answers.setdefault(str(status), {"description": meaning, "content": content})
