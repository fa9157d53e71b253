"""In what the rights of a registry differ from those that this version starts with. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.access.actions import Action
from backend.access.grants import EVERYWHERE, Grant, read_grants


@dataclass(frozen=True, slots=True)
class RightsDifference:
    """In what an e-group differs from the defaults.

    ``new`` are default rights that it never had here, as they came with a later version of the program; ``taken`` are
    those that people took away; ``more`` is what it may here beyond the defaults.
    """

    egroup: str
    new: tuple[Grant, ...]
    taken: tuple[Grant, ...]
    more: tuple[Grant, ...]


def rights_differences(
    standing: Mapping[str, Iterable[str]], ever: Mapping[str, Iterable[str]], defaults: Mapping[str, Iterable[str]]
) -> tuple[RightsDifference, ...]:
    """The e-groups that differ, by name.

    Parameters
    ----------
    standing
        E-group → the grants in force.
    ever
        E-group → the grants of every version that there was. What is written there and is a right no more is none.
    defaults
        E-group → what a fresh registry starts with. E-groups that are none of these are a site's own, which is no
        difference.
    """
    found = []
    for egroup, texts in defaults.items():
        wanted, has, had = read_grants(texts), _readable(standing.get(egroup, ())), _readable(ever.get(egroup, ()))
        missing = {grant for grant in wanted if not _covers(has, grant)}
        taken = {grant for grant in missing if _covers(had, grant)}
        more = {grant for grant in has if not _covers(wanted, grant)}
        if missing or more:
            found.append(RightsDifference(egroup, _ordered(missing - taken), _ordered(taken), _ordered(more)))
    return tuple(sorted(found, key=lambda difference: difference.egroup))


def _covers(grants: frozenset[Grant], wanted: Grant) -> bool:
    return wanted in grants or (wanted.workspace is not None and Grant(wanted.action, EVERYWHERE) in grants)


def _readable(texts: Iterable[str]) -> frozenset[Grant]:
    known = {action.value for action in Action}
    return read_grants(text for text in texts if text == "*" or text in known or text.rpartition(":")[0] in known)


def _ordered(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    order = {action: place for place, action in enumerate(Action)}
    return tuple(sorted(grants, key=lambda grant: (order[grant.action], grant.workspace or "")))
