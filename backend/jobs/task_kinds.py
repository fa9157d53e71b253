"""The kinds of task that there are."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Self

from pydantic import Field, field_validator, model_validator

from backend.access import Action
from backend.classify.reclassify import reclassify, runs_to_classify
from backend.classify.recording import classify_run
from backend.db import transaction
from backend.errors import InvalidFilter, SourceUnavailable
from backend.ingest.looks import back_fill
from backend.ingest.oms import open_oms
from backend.jobs.batching import Batch
from backend.jobs.golden_making import MakeGoldenJson
from backend.jobs.importing import ImportLuminosity
from backend.jobs.looking import told
from backend.jobs.task import Errand, Hand
from backend.jobs.undoing import TakeBack
from backend.queries import RUNS, parse_filter


class Backfill(Errand):
    """All runs of OMS from one number to another, taken in again with all their lumisections."""

    kind: ClassVar[str] = "backfill"
    meaning: ClassVar[str] = "take in the runs FIRST to LAST again, whatever the registry has of them"
    action: ClassVar[Action] = Action.TASK_BACKFILL

    first: int = Field(ge=1)
    last: int = Field(le=2**31 - 1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"the last run {self.last} lies before the first, {self.first}")
        return self

    def work(self, hand: Hand) -> str:
        """Ask OMS for run after run."""
        with open_oms(hand.settings, sleep=hand.pause) as oms:
            look = back_fill(
                hand.engine,
                oms,
                first=self.first,
                last=self.last,
                progress=hand.progress,
                classify=classify_run,
                is_stopping=hand.is_stopping,
            )
        hand.go_on()
        if look.stopped_by is not None:
            raise SourceUnavailable(f"{look.stopped_by} Before that: {told(look)}")
        return told(look)


class Reclassify(Errand):
    """The runs that a filter lets through, judged once more by the rules in force."""

    kind: ClassVar[str] = "reclassify"
    meaning: ClassVar[str] = "let the rules in force judge the runs of FILTER once more"
    action: ClassVar[Action] = Action.TASK_RECLASSIFY

    filter: str = Field(min_length=1, max_length=10_000)

    @field_validator("filter")
    @classmethod
    def _readable(cls, text: str) -> str:
        try:
            parse_filter(text, RUNS)
        except InvalidFilter as error:
            raise ValueError(str(error).rstrip(".")) from error
        return text

    def work(self, hand: Hand) -> str:
        """Judge run after run; those that are not OPEN get a proposal."""
        with transaction(hand.engine) as session:
            runs = runs_to_classify(session, self.filter)
        return str(reclassify(hand.engine, runs, progress=hand.progress))


KINDS: Mapping[str, type[Errand]] = MappingProxyType(
    {errand.kind: errand for errand in (Backfill, Reclassify, Batch, TakeBack, ImportLuminosity, MakeGoldenJson)}
)
"""Kind → what is asked for."""
