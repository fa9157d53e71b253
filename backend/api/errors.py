"""What goes wrong, as HTTP says it: a status code, and ``{"err": sentence}`` as in the original."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from backend.errors import (
    Conflict,
    DatabaseUnavailable,
    InvalidInput,
    NotFound,
    NotIdentified,
    NotPermitted,
    RegistryError,
    SourceUnavailable,
    WrongState,
)

STATUS: tuple[tuple[type[RegistryError], int], ...] = (
    (InvalidInput, 400),
    (NotIdentified, 401),
    (NotPermitted, 403),
    (NotFound, 404),
    (Conflict, 409),
    (WrongState, 409),
    (SourceUnavailable, 503),
    (DatabaseUnavailable, 503),
)
"""Error → status code; the first that fits. What is in no line is the registry's own fault."""

RETRY_AFTER_SECONDS = 5
"""When whoever is told 503 should ask again; most outages are a restart."""

LOOKED_FOR = "User needs to be part of any of the following e-groups"
"""What existing clients look for in an answer to whoever may not."""


def answer_errors(app: FastAPI) -> None:
    """Make the app answer every error with its code and a sentence."""
    app.add_exception_handler(RegistryError, _registry_error)
    app.add_exception_handler(RequestValidationError, _misread)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _own_fault)


def _registry_error(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, NotIdentified):
        return _unidentified(request, error)
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
    answer = _answer(status, str(error))
    if status == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _unidentified(request: Request, error: NotIdentified) -> JSONResponse:
    """401 with the sentence that existing clients look for, and the challenge that RFC 6750 §3 wants."""
    answer = _answer(401, f"{error} {LOOKED_FOR}: GET /permissions tells which may do what.")
    wrong = ', error="invalid_token"' if "authorization" in request.headers else ""
    answer.headers["WWW-Authenticate"] = f'Bearer realm="run-registry"{wrong}'
    return answer


def _misread(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return _answer(400, f"The body is not JSON: {first.get('ctx', {}).get('error', 'it cannot be read')}.")
    where = first["loc"][1] if len(first["loc"]) > 1 else "The body"
    if first["type"] == "missing":
        return _answer(400, f"{where} is missing.")
    return _answer(400, f"{where} cannot be {first['input']!r:.80}: {first['msg']}.")


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return _answer(404, f"There is nothing at {request.url.path}.")
    return _answer(error.status_code, str(error.detail))


def _own_fault(_: Request, error: Exception) -> JSONResponse:
    return _answer(500, f"The registry failed to answer ({type(error).__name__}); it is written in its log.")


def _answer(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"err": sentence}, status_code=status)
