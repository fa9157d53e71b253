"""What people are told of a database that gives no answer: what is wrong, without paths and jargon."""

import pytest

from backend.outage import outage_sentence

SOCKET = 'connection failed: connection to server on socket "/tmp/run-registry-0-3a69/.s.PGSQL.5432" failed: '


class _Coded(Exception):
    sqlstate = "53100"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (f"{SOCKET}Connection refused\n\tIs the server running?", "The database does not answer: connection refused."),
        (f"{SOCKET}FATAL:  the database system is starting up", "The database does not answer: it is starting."),
        (f"{SOCKET}FATAL:  the database system is in recovery mode", "The database does not answer: it is recovering."),
        (f"{SOCKET}No such file or directory", "The database does not answer: there is none at its address."),
        (f"{SOCKET}FATAL:  sorry, too many clients already", "The database takes no more connections: try again"),
        ("consuming input failed: server closed the connection unexpectedly", "it closed the connection."),
        ("INTERNAL: [libpq] Failed to connect: could not translate", "The database does not answer: failed to connect"),
        ("", "The database does not answer: exception."),
    ],
)
def test_an_outage_is_told_in_words(said: str, sentence: str) -> None:
    told = outage_sentence(Exception(said))
    assert sentence in told
    assert told.endswith(".") and "/tmp" not in told and "FATAL" not in told and "\n" not in told


def test_a_full_disk_is_named_whatever_file_it_was() -> None:
    told = outage_sentence(_Coded('could not extend file "base/16384/2619": No space left on device'))
    assert told.startswith("The disk of the database is full: nothing of this was written")
