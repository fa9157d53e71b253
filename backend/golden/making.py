"""Golden JSONs made and kept: by a shared recipe or a rule of one's own, and made again bit for bit at any time."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from backend.access import Actor
from backend.classify import recipes
from backend.classify.bodies import checked_rule, condition_of
from backend.db import transaction
from backend.errors import InvalidInput, NotFound, WrongState
from backend.golden.keeping_json import held, keep, named, require_login, said_of
from backend.golden.selection import ALL, OfSeveral, Options, Selection, select
from backend.queries.golden_jsons import GoldenJsonMaking, golden_json_making, is_unchanged_since
from backend.record import GoldenJsonMade, next_golden_json
from backend.rules import Rule, parse
from models.golden_json import GoldenJsonIdentity
from models.lumi_formats import read_golden_json, write_golden_json
from models.vocabulary import GoldenJsonKind

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The rule that a golden JSON is made by; of a rule of one's own there is neither name nor version."""

    rule: Rule
    pattern: str
    name: str | None = None
    version: int | None = None

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}" if self.name else "a rule of one's own"


def recipe_of(
    session: Session, *, recipe: str | None = None, rule: object = None, pattern: str | None = None
) -> Recipe:
    """The shared recipe of that name as it is in force, or a rule of one's own, with the datasets it is asked of.

    Parameters
    ----------
    pattern
        Of dataset names; none: that of the shared recipe.

    Raises
    ------
    NotFound
        If no enabled recipe has the name.
    InvalidInput
        If there is both a recipe and a rule, or neither; or a rule of one's own without a pattern.
    InvalidRule
        If the rule cannot be.
    """
    if (recipe is None) == (rule is None):
        raise InvalidInput("A golden JSON is made by a shared recipe or by a rule of one's own: by one of them.")
    if recipe is None:
        if pattern is None:
            raise InvalidInput("A rule of one's own needs a pattern of the names of the datasets it is asked of.")
        return Recipe(parse(condition_of(checked_rule(rule).as_json())), pattern)
    found = next(iter(recipes(session, name=recipe)), None)
    if found is None:
        raise NotFound(f"There is no recipe {recipe!r:.100}; there are {', '.join(r.name for r in recipes(session))}.")
    return Recipe(found.rule, found.body.datasets if pattern is None else pattern, found.name, found.version)


def make(
    on: Engine,
    actor: Actor,
    *,
    recipe: str | None = None,
    rule: object = None,
    pattern: str | None = None,
    options: Options = ALL,
    label: str = "",
    tags: Iterable[str] = (),
    note: str = "",
    golden_json: int | None = None,
    progress: Progress = lambda share, what: None,
) -> int:
    """Make a golden JSON and keep it as one's own, as an act in the log; gives its id.

    Parameters
    ----------
    recipe
        A shared recipe by name, in its version in force; or else
    rule
        a rule of one's own, as ``json.loads`` gives it.
    pattern
        Of dataset names, as ``SIMILAR TO`` reads it; none: the recipe's own.
    golden_json
        The id, if it was reserved by :func:`reserve`; what is there already under it is given back, not made twice.
    progress
        Told the share done (0 to 1) and what is being done.

    Raises
    ------
    NotPermitted
        If the actor is not signed in.
    NotFound
        If there is no such recipe.
    InvalidRule, InvalidInput
        If the rule, the pattern, an option or a word cannot be; if no dataset matches; or if several datasets of one
        run match and that is to be refused.
    """
    require_login(actor)
    begun = time.perf_counter()
    said = said_of(label=label, note=note, tags=tags)
    with transaction(on) as session:
        if golden_json is not None and session.get(GoldenJsonIdentity, golden_json) is not None:
            return golden_json
        by = recipe_of(session, recipe=recipe, rule=rule, pattern=pattern)
    progress(0.1, "the lumisections are selected")
    selection = select(on, by.rule, datasets=by.pattern, options=options)
    if not selection.by_dataset.height:
        raise InvalidInput(
            f"No dataset matches {by.pattern!r:.200}" + (" with these options." if options != ALL else ".")
        )
    progress(0.7, "the luminosity is added up")
    with transaction(on) as session:
        made = _made(session, by, selection)
        made = replace(made, id=golden_json or next_golden_json(session), seconds=time.perf_counter() - begun)
        said["file_name"] = _named(session, by, selection)
        progress(0.9, "it is kept")
        told = f"{label.strip() or said['file_name']}: {made.runs} runs, {made.lumisections} lumisections by {by}"
        keep(session, actor, made, said=said, why=f"golden JSON {made.id}, {told}")
    progress(1.0, f"golden JSON {made.id}")
    return made.id


def reserve(session: Session) -> int:
    """The id of a golden JSON that a task will make."""
    return next_golden_json(session)


def remake(on: Engine, golden_json: int) -> str:
    """What was made, made again of the registry as it stood then: the same text bit for bit, whatever came since.

    It is folded from the log, so that it does not depend on what is kept of the present.

    Raises
    ------
    NotFound
        If there is no such golden JSON, or it was deleted.
    WrongState
        If it was not made here but uploaded.
    """
    made, as_of = _made_of(on, golden_json)
    return write_golden_json(_selected(on, made, as_of=as_of).kept)


def selection_again(on: Engine, golden_json: int) -> Selection:
    """The selection that a golden JSON is of, as of its change set: what was rejected and why can be asked of it.

    Where nothing but golden JSONs was spoken of since, the present is what it was then, and much faster to read.

    Raises
    ------
    NotFound, WrongState
        As :func:`remake`.
    """
    made, as_of = _made_of(on, golden_json)
    if _is_unchanged(on, as_of):
        selection = _selected(on, made, as_of=None)
        if _is_unchanged(on, as_of):
            return selection
    return _selected(on, made, as_of=as_of)


def _made_of(on: Engine, golden_json: int) -> tuple[GoldenJsonMaking, int]:
    with transaction(on) as session:
        made = golden_json_making(session, golden_json)
    if made.as_of is None:
        raise WrongState(f"Golden JSON {golden_json} was uploaded: there is nothing to make it of.")
    return made, made.as_of


def _is_unchanged(on: Engine, as_of: int) -> bool:
    with transaction(on) as session:
        return is_unchanged_since(session, as_of)


def _selected(on: Engine, made: GoldenJsonMaking, *, as_of: int | None) -> Selection:
    rule, options = checked_rule(made.rule), options_of(made.options)
    return select(on, rule, datasets=made.pattern or "", options=options, as_of=as_of)


def options_as_json(options: Options) -> dict[str, Any]:
    """The options as they are kept; those that narrow nothing are left out."""
    kept: dict[str, Any] = {"of_several": options.of_several.name.lower()}
    if options.only_completed:
        kept["only_completed"] = True
    if options.runs is not None:
        kept["runs"] = list(options.runs)
    if options.within is not None:
        kept["within"] = write_golden_json(options.within)
    if options.prescales:
        kept["prescales"] = list(options.prescales)
    return kept


def options_of(kept: Mapping[str, Any]) -> Options:
    """The options that are kept; the inverse of :func:`options_as_json`."""
    first, last = kept.get("runs") or (0, 0)
    return Options(
        only_completed=bool(kept.get("only_completed")),
        runs=(first, last) if "runs" in kept else None,
        within=read_golden_json(kept["within"]) if "within" in kept else None,
        prescales=tuple(map(str, kept.get("prescales") or ())),
        of_several=OfSeveral[str(kept.get("of_several", "intersection")).upper()],
    )


def _made(session: Session, by: Recipe, selection: Selection) -> GoldenJsonMade:
    return GoldenJsonMade(
        id=0,
        kind=GoldenJsonKind.MADE,
        **held(session, selection.kept, as_of=selection.as_of),
        recipe_name=by.name,
        recipe_version=by.version,
        rule=by.rule.as_json(),
        pattern=by.pattern,
        options=options_as_json(selection.options),
        as_of=selection.as_of,
        datasets=tuple(selection.by_dataset["dataset_id"].to_list()),
    )


def _named(session: Session, by: Recipe, selection: Selection) -> str:
    names = selection.by_dataset["name"].unique().to_list()
    told, runs = f"{by.pattern} {by.name or ''}", selection.options.runs
    return named(session, selection.kept, told=told, kind=by.name or "own", runs=runs, datasets=names)
