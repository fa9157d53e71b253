"""The routes for new users: one way of asking for lists of runs, datasets, segments, bits and golden JSONs.

Lists are filtered in the language of the pages, paged by place, answered as JSON or as Arrow, and marked with the
change set that they hold, so that nobody is sent again what they have.
"""

from fastapi import APIRouter

from backend.api.v2 import bits, changes, datasets, golden_jsons, lumisections, runs, segments, vocabulary

router = APIRouter(prefix="/v2")
for part in (runs, datasets, segments, bits, lumisections, golden_jsons, vocabulary, changes):
    router.include_router(part.router)
