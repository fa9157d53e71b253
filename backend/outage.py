"""Why the database gives no answer, in a sentence for people: what is wrong, without paths and jargon."""

import re

_CODES = {
    "53100": "The disk of the database is full: nothing of this was written, and reading goes on. "
    "Whoever runs the registry has to make room.",
    "53200": "The database is out of memory: try again in a moment.",
    "53300": "The database takes no more connections: try again in a moment.",
    "55P03": "Somebody holds what is needed for too long, such as a migration: try again in a moment.",
    "57014": "The database broke the question off because it took too long: ask for less.",
}
"""SQLSTATE → what it means here (PostgreSQL, appendix A)."""

_SAID = {
    "too many clients": _CODES["53300"],
    "remaining connection slots": _CODES["53300"],
    "no space left on device": _CODES["53100"],
    "starting up": "The database does not answer: it is starting. Try again in a moment.",
    "not yet accepting connections": "The database does not answer: it is recovering. Try again in a moment.",
    "in recovery mode": "The database does not answer: it is recovering. Try again in a moment.",
    "shutting down": "The database does not answer: it is shutting down.",
    "terminating connection": "The database does not answer: it closed the connection.",
    "closed the connection": "The database does not answer: it closed the connection.",
    "connection is closed": "The database does not answer: it closed the connection.",
    "no such file or directory": "The database does not answer: there is none at its address.",
}
"""What libpq says where it gives no SQLSTATE, as when a connection cannot be made."""

ALL_IN_USE = "Every connection to the database is in use: try again in a moment."


def outage_sentence(error: BaseException) -> str:
    """What to tell people of an error of psycopg, or of ADBC.

    >>> outage_sentence(OSError('connection to server on socket "/tmp/s" failed: Connection refused'))
    'The database does not answer: connection refused.'
    """
    if known := _CODES.get(getattr(error, "sqlstate", None) or ""):
        return known
    said = str(error).strip()
    for words, sentence in _SAID.items():
        if words in said.lower():
            return sentence
    first = (said.splitlines() or [type(error).__name__])[0]
    last_part = re.split(r"failed: |FATAL: +|ERROR: +|\[libpq\] +", first)[-1].strip(" .")
    return f"The database does not answer: {last_part[:1].lower()}{last_part[1:]}."
