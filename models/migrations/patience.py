"""How long a migration waits for a table that is in use: everybody who wants that table waits behind it."""

MIGRATION_OPTIONS = "-c lock_timeout=3s"
"""Options of its connection. After that it gives up and leaves nothing; it is run again when the table is free."""
