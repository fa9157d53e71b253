"""The classifiers that a fresh registry starts with; written once, never over what people changed.

Each is told in plain words in ``docs/rules.md``.
"""

from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import Engine, text
from sqlmodel import Session, select

from backend.classify.bodies import ClassifierBody
from backend.classify.defaults_offline import offline_component_defaults, offline_dataset_defaults
from backend.classify.defaults_online import online_component_defaults
from backend.classify.defaults_recipes import recipe_defaults
from backend.classify.defaults_runs import run_class_defaults, significance_defaults
from backend.configuration.defaults import BY
from backend.db import transaction
from backend.record import Act, ConfigurationSaid, record
from models.log import ConfigurationChange
from models.vocabulary import ActKind

_WHY = "classifiers that a fresh registry starts with"
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('registry defaults'))")


def ensure_default_classifiers(on: Engine) -> bool:
    """Write the default classifiers that this database never had; whether there were any.

    One that ever had a version is left alone, even if it was taken away or undone since. Of several processes that
    start at once one writes, and the others find the work done.
    """
    with transaction(on) as session:
        if not _missing(session):
            return False
        session.execute(_ALONE)
        if missing := _missing(session):
            record(session, Act(by=BY, why=_WHY, kind=ActKind.SETUP, configurations=missing))
        return bool(missing)


@lru_cache(maxsize=1)
def default_classifiers() -> tuple[tuple[str, ClassifierBody], ...]:
    """Every default classifier with its name."""
    return tuple(_all())


def _all() -> Iterator[tuple[str, ClassifierBody]]:
    yield from run_class_defaults()
    yield from significance_defaults()
    yield from online_component_defaults()
    yield from offline_component_defaults()
    yield from offline_dataset_defaults()
    yield from recipe_defaults()


def _missing(session: Session) -> tuple[ConfigurationSaid, ...]:
    ever = set(session.exec(select(ConfigurationChange.kind, ConfigurationChange.name).distinct()))
    return tuple(
        ConfigurationSaid(body.kind.value, name, body.model_dump(mode="json"))
        for name, body in default_classifiers()
        if (body.kind.value, name) not in ever
    )
