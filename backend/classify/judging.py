"""What rules say of a run and its lumisections: its class, whether it is significant, the status of each component.

Pure: facts and classifiers in, a verdict out, with the classifier that decided each part of it. A run without HLT key
has no class; a run without class is not significant; of a run that is not significant no rule says a status.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

from backend.classify.lumisections import Facts, Lumisections
from backend.classify.verdicts import NOBODY, ByPeople, Judge, Judges, RunFacts, RunVerdict, Stretch, Verdict
from backend.errors import InvalidRule
from models.vocabulary import Status

T = TypeVar("T")
Doubt: TypeAlias = Callable[[Judge[Any], InvalidRule], None]
"""Somebody who is told of a rule that cannot be judged by on the facts of a run, and so has no say in it."""


def refuse(judge: Judge[Any], error: InvalidRule) -> None:
    """Let no rule pass that cannot be judged by."""
    raise error


def judge(judges: Judges, run: RunFacts, people: ByPeople = NOBODY, *, doubt: Doubt = refuse) -> Verdict:
    """What the rules say of the run. They judge significance and components by what people said above them."""
    verdict = judge_run(judges, run, people, doubt=doubt)
    stretches = {column: judge_flag(judges, column, run, verdict=verdict, doubt=doubt) for column in judges.components}
    return Verdict(verdict, {column: own for column, own in stretches.items() if own})


def judge_run(judges: Judges, run: RunFacts, people: ByPeople = NOBODY, *, doubt: Doubt = refuse) -> RunVerdict:
    """What the rules say of the run as a whole."""
    class_by = judge_class(judges, run, doubt=doubt)
    counts_as = people.run_class or (class_by.says if class_by else None)
    significant_by = judge_significance(judges, run, run_class=counts_as, doubt=doubt)
    is_significant = significant_by is not None if people.is_significant is None else people.is_significant
    return RunVerdict(class_by, significant_by, counts_as, is_significant)


def judge_flag(
    judges: Judges, column: str, run: RunFacts, *, verdict: RunVerdict, doubt: Doubt = refuse
) -> tuple[Stretch, ...]:
    """What the rules say of one component of the run; nothing, where the run does not count as significant."""
    if not verdict.counts_as_significant:
        return ()
    facts = facts_of_lumisections(run, verdict.counts_as, verdict.counts_as_significant)
    return judge_component(judges.of(column), run.lumisections, facts, doubt=doubt)


def judge_class(judges: Judges, run: RunFacts, *, doubt: Doubt = refuse) -> Judge[str] | None:
    """The classifier that gives the run its class; none, if it has no class or no HLT key."""
    if run.oms.get("hlt_key") is None:
        return None
    return _first(judges.run_classes, run.of_run, doubt)


def judge_significance(
    judges: Judges, run: RunFacts, *, run_class: str | None, doubt: Doubt = refuse
) -> Judge[str] | None:
    """The classifier that makes a run of this class significant; none, if it is not."""
    if run_class is None:
        return None
    return _first(judges.significance.get(run_class, ()), {**run.of_run, "class": run_class}, doubt)


def judge_component(
    judges: Sequence[Judge[Status]], lumisections: Lumisections, facts: Facts, *, doubt: Doubt = refuse
) -> tuple[Stretch, ...]:
    """The status of a component in every lumisection: that of the first rule that holds there.

    Parameters
    ----------
    judges
        The component's classifiers, the one that decides over the others first. With none there is nothing to say.
    facts
        What all lumisections share.
    """
    stretches = []
    left = lumisections.known
    for by in judges:
        if not left:
            break
        try:
            where = lumisections.where(by.rule, facts, reads=by.reads) & left
        except InvalidRule as error:
            doubt(by, error)
            continue
        if where:
            stretches.append(Stretch(by.says, where, by))
            left = left - where
    if left and judges:
        stretches.append(Stretch(Status.NO_VALUE_FOUND, left, None))
    return tuple(stretches)


def facts_of_lumisections(run: RunFacts, run_class: str | None, is_significant: bool) -> Facts:
    """The facts that all lumisections of a run share, where a component is judged."""
    return {**run.oms, **run.registry, "class": run_class, "significant": is_significant}


def _first(judges: Sequence[Judge[T]], facts: Facts, doubt: Doubt) -> Judge[T] | None:
    for by in judges:
        try:
            if by.rule.holds(facts):
                return by
        except InvalidRule as error:
            doubt(by, error)
    return None
