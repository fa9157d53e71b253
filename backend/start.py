"""The start of a process: the schema is this program's, and a fresh registry has what it starts with."""

from sqlalchemy import Engine

from backend.certify.accepted_defaults import ensure_default_accepted_datasets
from backend.classify import ensure_default_classifiers
from backend.configuration import ensure_ready
from backend.configuration.defaults_causes import ensure_default_causes


def make_ready(on: Engine) -> None:
    """See to the schema, what a fresh registry starts with; what people changed stays.

    Raises
    ------
    DatabaseUnavailable
        If the database does not answer, or its schema is older or newer than this program's.
    """
    ensure_ready(on)
    ensure_default_causes(on)
    ensure_default_classifiers(on)
    ensure_default_accepted_datasets(on)
