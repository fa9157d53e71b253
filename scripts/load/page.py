"""What a browser holds of a page: the elements by their place, what the widgets say, the address, and messages kept.

As Streamlit's own browser side does it: what a run did not draw again is gone when the run has ended; of messages the
large ones are kept for two runs more, and the server is told which, so that it sends their hash alone.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from google.protobuf.message import Message
from streamlit.proto.Block_pb2 import Block
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

Place = tuple[int, ...]
VALUES = {
    "text_input": ("string_value", "value"),
    "text_area": ("string_value", "value"),
    "selectbox": ("string_value", "raw_value"),
    "button_group": ("string_array_value", "raw_values"),
    "multiselect": ("string_array_value", "raw_values"),
    "checkbox": ("bool_value", "value"),
    "pagination": ("int_value", "value"),
}
"""Kind of widget → the field in which the browser says its value, and the one in which the server sets it."""
_KEPT_RUNS = 2
_EMPTY = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One element or block: its kind (``text_input``), its message, and which run and fragment drew it."""

    kind: str
    proto: Any
    run: str
    fragment: str

    @property
    def id(self) -> str:
        """By which the server knows it; empty for what is only read."""
        return str(getattr(self.proto, "id", _EMPTY))

    @property
    def key(self) -> str:
        """The key that the page gave it: what stands in its id after the hash."""
        return self.id.split("-", 2)[2] if self.id.startswith("$$ID-") else self.id


@dataclass(slots=True)
class Page:
    """The page that is open."""

    query: str = ""
    page_hash: str = ""
    drawn: dict[Place, Drawn] = field(default_factory=dict)
    said: dict[str, WidgetState] = field(default_factory=dict)
    kept: dict[str, tuple[ForwardMsg, int, str]] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    runs: int = 0

    def whole(self, message: ForwardMsg) -> ForwardMsg:
        """The message, or the kept one of which it is the hash; a large one is kept."""
        if message.ref_hash:
            whole = ForwardMsg()
            whole.CopyFrom(self.kept[message.ref_hash][0])
            whole.metadata.CopyFrom(message.metadata)
            return whole
        if message.metadata.cacheable and message.hash not in self.kept:
            self.kept[message.hash] = (message, self.runs, message.delta.fragment_id)
        return message

    def draw(self, message: ForwardMsg, *, run: str) -> Drawn | None:
        """Put a delta of a run in its place; gives the element, none for a block."""
        place, delta = tuple(message.metadata.delta_path), message.delta
        if delta.HasField("add_block"):
            block = delta.add_block
            self.drawn[place] = Drawn(block.WhichOneof("type") or "block", block, run, delta.fragment_id)
            return None
        kind = delta.new_element.WhichOneof("type") or "empty"
        if (before := self.drawn.get(place)) is not None and isinstance(before.proto, Block):
            self._clear_below(place)
        element = Drawn(kind, getattr(delta.new_element, kind, None), run, delta.fragment_id)
        self.drawn[place] = element
        self._take_value(element)
        return element

    def ended(self, run: str, fragments: list[str]) -> None:
        """A run has ended in order: what it would have drawn and did not is gone."""
        self.drawn = {
            place: seen
            for place, seen in self.drawn.items()
            if seen.run == run or (fragments and seen.fragment not in fragments)
        }
        alive = {seen.id for seen in self.drawn.values()}
        self.said = {id_: state for id_, state in self.said.items() if id_ in alive}
        self.runs += 1
        for hash_, (_, at, fragment) in list(self.kept.items()):
            if (not fragments or fragment in fragments) and self.runs - at > _KEPT_RUNS:
                del self.kept[hash_]

    def find(self, key: str, kind: str | None = None) -> Drawn | None:
        """The element with this key; none, if the page has none."""
        return next((seen for seen in self.drawn.values() if _is(seen, key, kind)), None)

    def within(self, key: str) -> Iterator[Drawn]:
        """What stands in the container with this key."""
        for place, seen in list(self.drawn.items()):
            if seen.key == key:
                yield from (
                    other for at, other in self.drawn.items() if len(at) > len(place) and at[: len(place)] == place
                )

    def say(self, widget: Drawn, value: Any) -> None:
        """The person gives a widget another value; one that stands in the address stands there from now on."""
        field_, _ = VALUES[widget.kind]
        state = WidgetState(id=widget.id)
        if field_ == "string_array_value":
            state.string_array_value.data.extend(value)
        else:
            setattr(state, field_, value)
        self.said[widget.id] = state
        if name := widget.proto.query_param_key:
            self.to_address(name, value)

    def to_address(self, name: str, value: str | bool | int | list[str]) -> None:
        """Put a value into the address, or take an empty one away."""
        shown = str(value).lower() if isinstance(value, bool) else value
        asked = parse_qs(self.query) | {name: shown}
        self.query = urlencode({name: value for name, value in asked.items() if value}, doseq=True)

    def _take_value(self, element: Drawn) -> None:
        """What the server sets in a widget is what the browser says of it from now on."""
        if element.kind in VALUES and element.proto.set_value:
            value = getattr(element.proto, VALUES[element.kind][1])
            self.say(element, list(value) if not isinstance(value, str | bool | int) else value)

    def _clear_below(self, place: Place) -> None:
        for other in [at for at in self.drawn if len(at) > len(place) and at[: len(place)] == place]:
            del self.drawn[other]


def sheet_of(grid: Drawn) -> dict[str, Any]:
    """The sheet of a quality grid: its columns and the ids of its rows."""
    sheet: dict[str, Any] = json.loads(grid.proto.bytes[16:])
    return sheet


def _is(seen: Drawn, key: str, kind: str | None) -> bool:
    return seen.key == key and (kind is None or seen.kind == kind) and isinstance(seen.proto, Message)
