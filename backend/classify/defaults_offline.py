"""The first verdict on each component of a new dataset, from what was said online; and who looks at which dataset.

A component that was certified online begins with what was said there, word by word. One that is made of others is as
bad as the worst of them. ``dc-lowlumi`` is BAD, which means *keep*, unless the luminosity was low.
"""

from collections.abc import Iterable, Iterator, Mapping

from backend.classify.bodies import ComponentBody, OfflineDatasetBody
from backend.classify.defaults_clauses import ALWAYS, Clause, all_of, any_of, contains, equals, every, fact, is_true
from backend.configuration import GLOBAL, Side
from models.vocabulary import OFFLINE_COMPONENTS, ONLINE_COMPONENTS, Status

LOW_LUMINOSITY_PER_PB = 0.08
"""A run that recorded less has low luminosity (the golden rule of 2018 asks for so much)."""

MADE_OF = {
    "tracker-track": ("tracker-pixel", "tracker-strip"),
    "btag-btag": ("tracker-pixel", "tracker-strip"),
    "egamma-egamma": ("ecal-ecal",),
    "jetmet-jetmet": ("ecal-ecal", "hcal-hcal"),
    "muon-muon": ("dt-dt", "csc-csc"),
    "tau-tau": ("ecal-ecal", "hcal-hcal", "tracker-pixel", "tracker-strip"),
}
"""Components that are certified offline only, with those online that they cannot be good without."""

PRIORITY = {Status.BAD: 1, Status.EXCLUDED: 2, Status.STANDBY: 3, Status.GOOD: 4, Status.NOTSET: 9}

OBJECTS = ("btag", "egamma", "jetmet", "muon", "tau")
"""Workspaces that certify what is reconstructed: they look at collisions, and not at Express."""
NOT_ALWAYS_THERE = ("castor", "ctpps", "gem")
"""Workspaces whose detector does not take part in every run."""

_NAME, _CLASS = "name", "Run.rr_attributes.class"


def offline_component_defaults() -> Iterator[tuple[str, ComponentBody]]:
    """The rules for every component that the global workspace certifies."""
    online = {f"{w}-{c}" for w, components in ONLINE_COMPONENTS.items() for c in components}
    for workspace, components in OFFLINE_COMPONENTS.items():
        for component in (f"{workspace}-{c}" for c in components):
            if component in online:
                yield from _bodies(component, _as_online(component))
            elif component in MADE_OF:
                yield from _bodies(component, _as_the_worst_of(MADE_OF[component]))
    yield from _bodies("dc-lowlumi", _LOW_LUMINOSITY, priority={Status.GOOD: 1, Status.BAD: 2})


def offline_dataset_defaults() -> Iterator[tuple[str, OfflineDatasetBody]]:
    """The rules by which a dataset that has appeared is opened for each workspace."""
    for workspace in (GLOBAL, *OFFLINE_COMPONENTS):
        rule, told = _looks_at(workspace)
        yield workspace, OfflineDatasetBody(workspace=workspace, rule=rule, description=told)


Rules = Mapping[Status, tuple[Clause, str]]


def _said(component: str, status: Status) -> Clause:
    return equals(f"lumisection.rr.{component}.status", status.word)


def _as_online(component: str) -> Rules:
    return {status: (_said(component, status), f"Online it was {status.word}.") for status in PRIORITY}


def _as_the_worst_of(parts: Iterable[str]) -> Rules:
    def one_is(status: Status) -> Clause:
        return any_of(*(_said(part, status) for part in parts))

    told = ", ".join(parts)
    return {
        **{s: (one_is(s), f"Online {told} was {s.word}.") for s in (Status.BAD, Status.EXCLUDED, Status.STANDBY)},
        Status.GOOD: (every(_said(part, Status.GOOD) for part in parts), f"Online {told} was GOOD."),
        Status.NOTSET: (ALWAYS, f"Nobody knows of {told} online."),
    }


_LOW_LUMINOSITY: Rules = {
    Status.GOOD: (
        any_of({"<": [fact("run.oms.recorded_lumi"), LOW_LUMINOSITY_PER_PB]}, contains("run.oms.hlt_key", "LowPU")),
        f"Low luminosity, not to be kept: less than {LOW_LUMINOSITY_PER_PB} /pb recorded, or a key for low pile-up.",
    ),
    Status.BAD: (ALWAYS, "Not low luminosity, to be kept."),
}


def _looks_at(workspace: str) -> tuple[Clause, str]:
    if workspace in NOT_ALWAYS_THERE:
        included = is_true(f"Run.oms_attributes.{workspace}_included")
        return included, f"Datasets of runs that {workspace} took part in."
    if workspace in OBJECTS:
        rule = all_of({"!": contains(_NAME, "Express")}, {"!": contains(_CLASS, "Cosmics")})
        return rule, "Every dataset but Express and cosmics."
    return ALWAYS, "Every dataset."


def _bodies(
    component: str, rules: Rules, *, priority: Mapping[Status, int] = PRIORITY
) -> Iterator[tuple[str, ComponentBody]]:
    for status, (rule, told) in rules.items():
        body = ComponentBody(
            side=Side.OFFLINE,
            component=component,
            status=status,
            priority=priority[status],
            rule=rule,
            description=told,
        )
        yield body.about, body
