"""A golden JSON as a task: made by the worker when it is large, under an id that is known from the beginning."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator
from sqlalchemy import Row, text
from sqlmodel import Session

from backend.access import Actor
from backend.golden.keeping_json import require_login, said_of
from backend.golden.making import make, options_as_json, options_of, recipe_of, reserve
from backend.golden.selection import ALL, Options
from backend.jobs.asker import Asker
from backend.jobs.task import Errand, Hand, TaskState

LARGE = 5_000
"""From so many datasets on, making one is left to the worker."""

_TASK = text("""
    SELECT id, arguments, state, progress, message, asked_by FROM task
    WHERE kind = :kind AND arguments ->> 'golden_json' = CAST(:golden_json AS text) ORDER BY id DESC LIMIT 1
""")
_NOT_MADE = text("""
    SELECT id, arguments, state, progress, message, asked_by FROM task
    WHERE kind = :kind AND state IN ('waiting', 'running', 'cancelling', 'failed')
      AND (CAST(:by AS text) IS NULL OR asked_by = :by)
    ORDER BY id DESC
""")


class MakeGoldenJson(Errand):
    """A golden JSON by a recipe's name or a rule, under a reserved id."""

    kind: ClassVar[str] = "golden json"
    meaning: ClassVar[str] = "make a golden JSON by a recipe or a rule, of the datasets that match a pattern"
    action: ClassVar[None] = None

    asker: Asker
    golden_json: int = Field(ge=1)
    recipe: str | None = None
    rule: Any = None
    pattern: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    label: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _readable(self) -> Self:
        try:
            options_of(self.options)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"the options {self.options!r:.200} cannot be read") from error
        return self

    def work(self, hand: Hand) -> str:
        """Make it. Done anew after a worker died, it finds what was made already."""
        id_ = make(
            hand.engine,
            self.asker.actor,
            recipe=self.recipe,
            rule=self.rule,
            pattern=self.pattern,
            options=options_of(self.options),
            label=self.label,
            tags=self.tags,
            note=self.note,
            golden_json=self.golden_json,
            progress=hand.progress,
        )
        return f"Golden JSON {id_} was made."


@dataclass(frozen=True, slots=True)
class Making:
    """How far the making of a golden JSON is; ``message`` says where, or why it failed."""

    task: int
    errand: MakeGoldenJson
    state: TaskState
    progress: float
    message: str
    asked_by: str


def errand_for(
    session: Session,
    actor: Actor,
    *,
    recipe: str | None = None,
    rule: object = None,
    pattern: str | None = None,
    options: Options = ALL,
    label: str = "",
    tags: tuple[str, ...] = (),
    note: str = "",
) -> MakeGoldenJson:
    """What to :func:`~backend.jobs.tasks.ask` for, with the id that the JSON will have.

    Raises
    ------
    NotPermitted, NotFound, InvalidRule, InvalidInput
        As :func:`~backend.golden.making.make`, as far as it can be seen before it is made.
    """
    require_login(actor)
    recipe_of(session, recipe=recipe, rule=rule, pattern=pattern)
    said_of(label=label, note=note, tags=tags)
    return MakeGoldenJson(
        asker=Asker.of(actor),
        golden_json=reserve(session),
        recipe=recipe,
        rule=rule,
        pattern=pattern,
        options=options_as_json(options),
        label=label,
        tags=tags,
        note=note,
    )


def makings(session: Session, *, asked_by: str | None = None) -> tuple[Making, ...]:
    """The golden JSONs that tasks are to make and have not made: those that failed too, the latest first."""
    rows = session.execute(_NOT_MADE, {"kind": MakeGoldenJson.kind, "by": asked_by})
    return tuple(_making(row) for row in rows)


def making_of(session: Session, golden_json: int) -> Making | None:
    """How far the task is that makes a golden JSON; none, if no task does."""
    asked = {"kind": MakeGoldenJson.kind, "golden_json": golden_json}
    row = session.execute(_TASK, asked).one_or_none()
    return None if row is None else _making(row)


def _making(row: Row[Any]) -> Making:
    errand = MakeGoldenJson.model_validate(row.arguments)
    return Making(row.id, errand, TaskState(row.state), row.progress, row.message, row.asked_by)
