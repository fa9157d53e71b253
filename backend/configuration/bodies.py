"""The body of each kind of configuration: what a piece may hold, checked before it is recorded."""

from enum import StrEnum
from typing import Annotated, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from backend.access import read_grants
from backend.errors import InvalidInput
from models.vocabulary import ConfigurationKind

Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=40)]
"""A name in column ids such as ``tracker-strip``: lower case, digits and ``_``, never ``-``."""
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Grant = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class Body(BaseModel):
    """What a piece of configuration holds. Every kind has one frozen model, and no field that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[ConfigurationKind]

    def check_name(self, name: str) -> None:
        """Refuse a name that does not suit the body, with :class:`InvalidInput`."""


B = TypeVar("B", bound=Body)


class Side(StrEnum):
    """The two desks of a workspace: during data taking, and in certification afterwards."""

    ONLINE = "online"
    OFFLINE = "offline"


class WorkspaceColumn(BaseModel):
    """A component as a workspace shows it.

    ``certifiable`` ones need a verdict before a run or dataset is signed off; ``in_global`` ones are shown by the
    global workspace too; ``is_inverted`` marks a flag where BAD means keep.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Word
    label: Label
    certifiable: bool = True
    in_global: bool = True
    is_inverted: bool = False


class WorkspaceBody(Body):
    """A workspace on one side, with its columns in the order in which they are shown; named ``offline/tracker``.

    ``position`` orders the workspaces, and with them the columns of the global one.
    """

    kind: ClassVar[ConfigurationKind] = ConfigurationKind.WORKSPACE

    side: Side
    workspace: Word
    label: Label
    position: int = Field(ge=0)
    columns: tuple[WorkspaceColumn, ...]

    @property
    def name(self) -> str:
        """The name of the piece: side and workspace."""
        return f"{self.side}/{self.workspace}"

    @field_validator("columns")
    @classmethod
    def _named_once(cls, columns: tuple[WorkspaceColumn, ...]) -> tuple[WorkspaceColumn, ...]:
        names = [column.name for column in columns]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"the column {min(twice)!r} is there twice")
        return columns

    def check_name(self, name: str) -> None:
        """A workspace is named by its side and itself."""
        if name != self.name:
            raise InvalidInput(f"The workspace {self.workspace!r} {self.side} is named {self.name!r}, not {name!r}.")


class PermissionBody(Body):
    """What the members of an e-group may do; the piece is named as the e-group."""

    kind: ClassVar[ConfigurationKind] = ConfigurationKind.PERMISSION

    grants: tuple[Grant, ...]

    @field_validator("grants")
    @classmethod
    def _readable(cls, grants: tuple[str, ...]) -> tuple[str, ...]:
        try:
            read_grants(grants)
        except InvalidInput as error:
            raise ValueError(str(error)) from error
        return grants


class Cause(BaseModel):
    """A cause that a workspace offers for a flag, with what is meant by it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    word: Label
    meaning: str = ""


class CausesBody(Body):
    """The causes that a workspace offers, in order; the piece is named as the workspace."""

    kind: ClassVar[ConfigurationKind] = ConfigurationKind.CAUSE

    causes: tuple[Cause, ...]


_MODELS: dict[ConfigurationKind, type[Body]] = {
    model.kind: model for model in (WorkspaceBody, PermissionBody, CausesBody)
}


def register_body(model: type[Body]) -> None:
    """Make a further kind of configuration known by the model of its body. Saying the same twice is harmless."""
    known = _MODELS.setdefault(model.kind, model)
    if known is not model:
        raise ValueError(f"The kind {model.kind} has the body {known.__name__} already.")


def body_model(kind: ConfigurationKind) -> type[Body]:
    """The model of the bodies of that kind.

    Raises
    ------
    InvalidInput
        If nobody has made the kind known.
    """
    if kind not in _MODELS:
        raise InvalidInput(f"Nothing is known of configuration of the kind {kind.value!r}.")
    return _MODELS[kind]
