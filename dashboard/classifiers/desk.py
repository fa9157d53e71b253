"""What lies on the desk: a classifier, the version or draft one looks at, and the one that it is compared with.

All of it is in the address of the page. Drafts of other classifiers wait in the visit until one comes back to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from backend.access import CONFIGURING, may, who_may
from backend.classify import ClassifierBody
from backend.classify.commands import workspace_of
from backend.configuration import Body, Piece, Side, Version
from backend.errors import InvalidInput
from dashboard.classifiers.data import Shelf, shelf_of, versions_of
from dashboard.classifiers.draft import MOST_IN_ADDRESS, Draft, draft_of, from_link, read_body, to_link
from dashboard.literal import literal
from dashboard.session import from_address, person, to_address
from models.vocabulary import ConfigurationKind

DRAFT = "draft"
_STASH = "drafts-of-classifiers"
_MOST_WRITTEN = 100


@dataclass(frozen=True, slots=True)
class Sheet:
    """A version or a draft as it is looked at; ``draft`` is what would be edited from here on."""

    label: str
    draft: Draft
    body: ClassifierBody | None
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the parts of the page draw from."""

    kind: ConfigurationKind
    name: str
    shelf: Shelf
    versions: tuple[Version, ...]
    sheet: Sheet
    against: Sheet | None
    sheets: Mapping[str, Sheet]

    @property
    def piece(self) -> Piece[Body] | None:
        """What is in force; none of a new classifier, or of one that was taken away."""
        return self.shelf.pieces.get(self.name)

    @property
    def workspace(self) -> str | None:
        """The workspace in which one needs the right."""
        body = self.sheet.body or (self.piece.body if self.piece else None)
        return workspace_of(body) if body is not None else _workspace_said(self.sheet.draft)

    @property
    def may_change(self) -> bool:
        """Whether who looks may also write."""
        return may(person(), CONFIGURING[self.kind], self.workspace, matrix=self.shelf.matrix)

    @property
    def who_may(self) -> tuple[str, ...]:
        """The e-groups that may."""
        return who_may(CONFIGURING[self.kind], self.workspace, matrix=self.shelf.matrix)

    @property
    def moved_on(self) -> Version | None:
        """The version that somebody saved after this draft was begun; none if nobody did."""
        latest = self.versions[0] if self.versions else None
        is_later = latest is not None and self.sheet.is_draft and latest.change_set > self.sheet.draft.seen
        return latest if is_later else None


def desk_of(kind: ConfigurationKind, name: str) -> Desk | None:
    """The desk with a classifier on it; none if there is none of that name, and no draft of it."""
    shelf = shelf_of(kind)
    said = tuple(versions_of(kind, name))
    draft = standing_draft(kind, name)
    sheets = _sheets(kind, name, said, draft, shelf.seen)
    if not sheets:
        return None
    in_force = next((str(version.version) for version in said if version.is_in_force), "")
    chosen = _first(sheets, from_address("version"), DRAFT, in_force)
    before = in_force if chosen == DRAFT else _before(sheets, chosen)
    against = sheets.get(from_address("against")) or sheets.get(before)
    return Desk(kind, name, shelf, said, sheets[chosen], against, sheets)


def standing_draft(kind: ConfigurationKind, name: str) -> Draft | None:
    """The draft of a classifier: the one in the address, else the one that this visit left behind.

    What this visit itself had put into the address says nothing new: a browser may still send it after more was typed.
    """
    if (said := from_address(DRAFT)) and said not in _written():
        try:
            draft = from_link(said)
            _stash()[draft.kind, draft.name] = draft
        except InvalidInput as error:
            st.error(literal(str(error)), icon=":material/link_off:")
    found = _stash().get((kind, name))
    to_address(draft=_link(found) if found else None)
    return found


def drafted() -> frozenset[tuple[ConfigurationKind, str]]:
    """The classifiers of which this visit holds drafts."""
    return frozenset(_stash())


def keep(draft: Draft) -> None:
    """Go on with this draft, in the visit and, unless it is too long, in the address."""
    _stash()[draft.kind, draft.name] = draft
    to_address(draft=_link(draft), version=None)


def discard(kind: ConfigurationKind, name: str) -> None:
    """Let go of a draft; the editor begins again from what is saved."""
    _stash().pop((kind, name), None)
    st.session_state["editor-turn"] = st.session_state.get("editor-turn", 0) + 1
    to_address(draft=None, version=None, against=None)


def look_at(name: str | None) -> None:
    """Put another classifier on the desk; that of a component brings the component."""
    side, *rest = (name or "").split("/", 2)
    if side in set(Side) and len(rest) == 2:
        st.session_state["component"] = f"{rest[0]} {side}"
    to_address(name=name, draft=None, version=None, against=None)


def typed(text: str, sheet: Sheet) -> None:
    """Somebody typed: that is a draft, unless it is again what is saved."""
    keep(replace(sheet.draft, text=text, by=sheet.draft.by or person().name))


def _link(draft: Draft) -> str | None:
    link = to_link(draft)
    if len(link) > MOST_IN_ADDRESS:
        return None
    written = _written()
    written[link] = None
    while len(written) > _MOST_WRITTEN:
        del written[next(iter(written))]
    return link


def _written() -> dict[str, None]:
    """The drafts that this visit has put into the address, the latest last."""
    return st.session_state.setdefault("drafts-written", {})


def _stash() -> dict[tuple[ConfigurationKind, str], Draft]:
    return st.session_state.setdefault(_STASH, {})


def _sheets(
    kind: ConfigurationKind, name: str, said: tuple[Version, ...], draft: Draft | None, seen: int
) -> dict[str, Sheet]:
    """The draft, then the versions, the latest first; what cannot be read as a classifier any more is left out."""
    sheets: dict[str, Sheet] = {}
    if draft is not None:
        sheets[DRAFT] = Sheet(f"v{(said[0].version if said else 0) + 1} draft", draft, _body(draft), is_draft=True)
    for version in said:
        if version.body is None:
            continue
        try:
            body = read_body(kind, version.body)
        except InvalidInput:
            continue
        began = draft_of(kind, name, body, version=version.version, seen=seen)
        sheets[str(version.version)] = Sheet(f"v{version.version}", began, body)
    return sheets


def _first(sheets: Mapping[str, Sheet], *wanted: str) -> str:
    return next((name for name in wanted if name in sheets), next(iter(sheets)))


def _before(sheets: Mapping[str, Sheet], chosen: str) -> str:
    """What a version is compared with unless somebody says otherwise: the one before it."""
    names = [*sheets, ""]
    return names[names.index(chosen) + 1]


def _body(draft: Draft) -> ClassifierBody | None:
    try:
        return draft.body()
    except InvalidInput:
        return None


def _workspace_said(draft: Draft) -> str | None:
    component = draft.fields.get("component")
    if isinstance(component, str):
        return component.partition("-")[0]
    workspace = draft.fields.get("workspace")
    return workspace if isinstance(workspace, str) else None
