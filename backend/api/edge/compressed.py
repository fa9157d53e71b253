"""Answers are compressed for whoever takes them so, but for Arrow, which is compressed within."""

from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp

from backend.api.v2.asking import ARROW_FILE, ARROW_STREAM

LEVEL = 4
"""Twice as fast as the usual 9, and hardly larger (docs/decisions/0021-the-edge-of-the-api.md)."""


class Compressed(GZipMiddleware):
    """Compresses with gzip what has a kilobyte or more."""

    def __init__(self, app: ASGIApp) -> None:
        excluded = (*DEFAULT_EXCLUDED_CONTENT_TYPES, ARROW_STREAM, ARROW_FILE)
        super().__init__(app, minimum_size=1_000, compresslevel=LEVEL, exclude_content_types=excluded)
