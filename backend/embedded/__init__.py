"""The embedded PostgreSQL: a server of our own below one folder, for when no DATABASE_URL names another.

>>> server = Embedded(Path(".data")).start()      # doctest: +SKIP
>>> ensure_database(server.url(), "registry")     # doctest: +SKIP
>>> server.release()                              # doctest: +SKIP
True
"""

from backend.embedded.databases import ensure_database
from backend.embedded.server import Embedded

__all__ = ["Embedded", "ensure_database"]
