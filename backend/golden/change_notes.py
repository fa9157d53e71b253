"""What a golden JSON changes against another: the runs and lumisections gained and lost, with their luminosity."""

from dataclasses import dataclass

from sqlmodel import Session

from backend.golden.luminosity import JsonLuminosity, luminosity_of_json
from backend.queries.golden_jsons import GoldenJsonFacts, golden_json, golden_json_facts, official_before
from models.lumi_json import GoldenJson

_NAMED = 12
"""So many runs are named in a note; of the others it says how many there are."""


@dataclass(frozen=True)
class ChangeNote:
    """What one golden JSON holds that another does not, and the other way round.

    ``before`` is the other one; none if there is nothing to compare with: then everything is gained. Runs are gained
    or lost when the other has nothing of them.
    """

    facts: GoldenJsonFacts
    before: GoldenJsonFacts | None
    gained: GoldenJson
    lost: GoldenJson
    runs_gained: tuple[int, ...]
    runs_lost: tuple[int, ...]
    luminosity_gained: JsonLuminosity
    luminosity_lost: JsonLuminosity

    @property
    def lines(self) -> tuple[str, ...]:
        """The note as people read it, a sentence per line."""
        if self.before is None:
            return (f"{_called(self.facts)} is the first of its kind.",)
        gained = _sentence("gains", self.gained, self.runs_gained, self.luminosity_gained)
        lost = _sentence("loses", self.lost, self.runs_lost, self.luminosity_lost)
        if not self.gained and not self.lost:
            return (f"{_called(self.facts)} holds the same lumisections as {_called(self.before)}.",)
        caveats = (*self.luminosity_gained.caveats(), *self.luminosity_lost.caveats())
        return (f"{_called(self.facts)} against {_called(self.before)}:", gained, lost, *dict.fromkeys(caveats))


def change_note(session: Session, golden_json_id: int, *, against: int | None = None, kind: str = "") -> ChangeNote:
    """What a golden JSON changes.

    Parameters
    ----------
    against
        Another one; unless said, the official one of the same kind that came before it.
    kind
        The kind it is to be official of, if it is not yet: compared with what is in force of that kind.

    Raises
    ------
    NotFound
        If one of them is not there, or was deleted.
    """
    facts = golden_json_facts(session, golden_json_id)
    if against is not None:
        before: GoldenJsonFacts | None = golden_json_facts(session, against)
    else:
        of_kind = kind or facts.official
        before = official_before(session, facts, of_kind) if of_kind else None
    now = golden_json(session, facts.id)
    then = golden_json(session, before.id) if before else GoldenJson()
    gained, lost = now - then, then - now
    return ChangeNote(
        facts=facts,
        before=before,
        gained=gained,
        lost=lost,
        runs_gained=tuple(run for run in now if run not in then),
        runs_lost=tuple(run for run in then if run not in now),
        luminosity_gained=luminosity_of_json(session, gained),
        luminosity_lost=luminosity_of_json(session, lost),
    )


def _sentence(verb: str, json: GoldenJson, runs: tuple[int, ...], luminosity: JsonLuminosity) -> str:
    """``It loses 12 lumisections in 2 runs (3.2 /pb recorded), of run 316114 all.``"""
    if not json:
        return f"It {verb} nothing."
    named = ", ".join(map(str, runs[:_NAMED])) + (f" and {len(runs) - _NAMED} more" if len(runs) > _NAMED else "")
    whole = f"; whole runs: {named}" if runs else ""
    recorded = f"{luminosity.recorded_per_pb:,.3f} /pb recorded"
    return f"It {verb} {json.lumisections:,} lumisections in {len(json):,} runs ({recorded}){whole}."


def _called(facts: GoldenJsonFacts) -> str:
    return f"{facts.file_name} ({facts.id})"
