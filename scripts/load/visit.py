"""One visit to the dashboard over its real websocket: what is sent is what a browser sends, what comes is measured.

A reaction is the time from the moment a message is sent until the server says that the script has ended which that
message began; painting is not in it.
"""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from scripts.load.page import Drawn, Page

PATIENCE_SECONDS = 60.0
"""A reaction that takes longer is an error."""

_NO_TOKEN = "PLACEHOLDER_AUTH_TOKEN"
_MOST_BYTES = 64 * 1024 * 1024


class VisitBroken(Exception):
    """The connection broke, or no answer came; the text says when."""


class NotThere(Exception):
    """The page does not show what the person looks for; the text names it."""


@dataclass(slots=True)
class Reaction:
    """What one message set off: how long until the script had ended, until ``told`` came, and what went wrong."""

    sent: float
    told_by: Callable[[Drawn], bool] | None = None
    begun: bool = False
    ms: float = 0.0
    told_ms: float | None = None
    faults: list[str] = field(default_factory=list)
    is_broken: bool = False
    bytes: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Visit:
    """A browser tab without a screen.

    Parameters
    ----------
    address
        Of the dashboard: ``http://127.0.0.1:8501``.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.page = Page()
        self._socket: ClientConnection | None = None
        self._listener: asyncio.Task[None] | None = None
        self._waiting: Reaction | None = None
        self._run, self._fragments = "", list[str]()
        self._again: dict[str, asyncio.Task[None]] = {}
        self._page_name = ""

    async def __aenter__(self) -> Self:
        """Connect as a browser does: the page itself, then the stream, with the origin and the token of the cookie."""
        async with httpx.AsyncClient(base_url=self.address, timeout=30) as client:
            (await client.get("/")).raise_for_status()
            (await client.get("/_stcore/host-config")).raise_for_status()
            token = client.cookies.get("_streamlit_xsrf") or _NO_TOKEN
            cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        self._socket = await connect(
            f"ws://{urlsplit(self.address).netloc}/_stcore/stream",
            origin=self.address,  # type: ignore[arg-type]
            subprotocols=[Subprotocol("streamlit"), Subprotocol(token)],
            additional_headers={"Cookie": cookies} if cookies else {},
            max_size=_MOST_BYTES,
            proxy=None,
        )
        self._listener = asyncio.create_task(self._listen(self._socket))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the tab."""
        for task in (*self._again.values(), self._listener):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await task
        if self._socket is not None:
            with suppress(Exception):
                await self._socket.close()

    async def open(self, path: str, query: str = "") -> Reaction:
        """The first look at a page."""
        self._page_name, self.page.query = path, query
        return await self._sent(ClientState(page_name=path))

    async def go(self, path: str) -> Reaction:
        """To another page, by the menu; the address keeps nothing."""
        if path not in self.page.pages:
            raise NotThere(f"The menu has no page {path!r}; it has {', '.join(self.page.pages)}.")
        self.page.query = ""
        return await self._sent(ClientState(page_script_hash=self.page.pages[path]))

    async def give(self, key: str, value: Any) -> Reaction:
        """Give a widget a value: type a text and press Enter, choose, switch."""
        widget = self.there(key)
        self.page.say(widget, value)
        return await self._rerun(widget)

    async def press(self, key: str, *, told_by: Callable[[Drawn], bool] | None = None) -> Reaction:
        """Press a button; ``told_by`` knows the element that tells what came of it, by which ``told_ms`` is taken."""
        button = self.there(key, "button")
        if button.proto.disabled:
            raise NotThere(f"The button {key!r} is disabled: {button.proto.help}")
        return await self._rerun(button, WidgetState(id=button.id, trigger_value=True), told_by=told_by)

    async def act(self, key: str, event: str, value: Any) -> Reaction:
        """What a hand does in one of the registry's own components: an event with its value."""
        component = self.there(key, "bidi_component")
        said = json.dumps([{"event": event, "value": value}])
        trigger = WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{component.id}__events", json_trigger_value=said)
        return await self._rerun(component, trigger)

    def there(self, key: str, kind: str | None = None) -> Drawn:
        """The element with this key.

        Raises
        ------
        NotThere
            If the page shows none.
        """
        if (found := self.page.find(key, kind)) is None:
            raise NotThere(f"The page shows no {key!r}.")
        return found

    async def _rerun(
        self, widget: Drawn, trigger: WidgetState | None = None, *, told_by: Callable[[Drawn], bool] | None = None
    ) -> Reaction:
        state = ClientState(fragment_id=widget.fragment, page_script_hash=self.page.page_hash)
        if trigger is not None:
            state.widget_states.widgets.append(trigger)
        return await self._sent(state, told_by=told_by)

    async def _sent(self, state: ClientState, *, told_by: Callable[[Drawn], bool] | None = None) -> Reaction:
        """Send, and wait until the script that it begins has ended."""
        reaction = self._waiting = Reaction(time.perf_counter(), told_by)
        try:
            await self._send(state)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await reaction.ended.wait()
        except (TimeoutError, ConnectionClosed) as error:
            seconds, how = time.perf_counter() - reaction.sent, "begun" if reaction.begun else "not begun"
            raise VisitBroken(f"No answer after {seconds:.1f} s, {how}: {error!r}") from error
        finally:
            self._waiting = None
        return reaction

    async def _send(self, state: ClientState) -> None:
        assert self._socket is not None
        state.query_string = self.page.query
        state.widget_states.widgets.extend(self.page.said.values())
        state.cached_message_hashes.extend(self.page.kept)
        state.context_info.timezone, state.context_info.locale = "Europe/Zurich", "en-GB"
        state.context_info.url = f"{self.address}/{self._page_name}"
        await self._socket.send(BackMsg(rerun_script=state).SerializeToString())

    async def _listen(self, socket: ClientConnection) -> None:
        """Take in what the server says, until the connection ends; who waits then is told."""
        try:
            async for payload in socket:
                assert isinstance(payload, bytes)
                message = ForwardMsg()
                message.ParseFromString(payload)
                self._hear(self.page.whole(message), len(payload))
        except Exception as error:  # noqa: BLE001 - whatever it is, the one who waits has to hear of it
            self._broke(repr(error))
        else:
            self._broke("closed by the server")

    def _broke(self, why: str) -> None:
        if (waiting := self._waiting) is not None:
            waiting.faults.append(f"the connection broke: {why}")
            waiting.is_broken = True
            waiting.ended.set()

    def _hear(self, message: ForwardMsg, size: int) -> None:
        waiting = self._waiting
        if waiting is not None:
            waiting.bytes += size
        match message.WhichOneof("type"):
            case "new_session":
                self._begins(message)
            case "delta":
                if (element := self.page.draw(message, run=self._run)) is not None and waiting is not None:
                    _look(element, waiting)
            case "page_info_changed":
                self.page.query = message.page_info_changed.query_string.removeprefix("?")
            case "navigation":
                self.page.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
                self.page.page_hash = message.navigation.page_script_hash
            case "auto_rerun":
                self._look_again(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                self._stop_looking(list(message.stop_auto_rerun.fragment_ids))
            case "page_not_found" | "session_event" as fault if waiting is not None:
                waiting.faults.append(fault)
            case "script_finished":
                self._ends(message.script_finished)

    def _begins(self, message: ForwardMsg) -> None:
        self._run, self._fragments = message.metadata.run.script_run_id, list(message.metadata.run.fragment_ids)
        self.page.page_hash = message.new_session.page_script_hash
        if not self._fragments:
            self._stop_looking(list(self._again))
        if self._waiting is not None:
            self._waiting.begun = True

    def _ends(self, how: int) -> None:
        if how == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return
        self.page.ended(self._run, self._fragments)
        waiting = self._waiting
        if waiting is not None and waiting.begun:
            waiting.ms = (time.perf_counter() - waiting.sent) * 1000
            waiting.ended.set()

    def _look_again(self, fragment: str, seconds: float) -> None:
        if fragment not in self._again:
            self._again[fragment] = asyncio.create_task(self._every(fragment, seconds))

    async def _every(self, fragment: str, seconds: float) -> None:
        with suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(seconds)
                state = ClientState(fragment_id=fragment, is_auto_rerun=True, page_script_hash=self.page.page_hash)
                await self._send(state)

    def _stop_looking(self, fragments: list[str]) -> None:
        for fragment in fragments:
            if (task := self._again.pop(fragment, None)) is not None:
                task.cancel()


def _look(element: Drawn, waiting: Reaction) -> None:
    """What the one who waits wants to know of an element: a trace is a fault, and it may be the answer."""
    if element.kind == "exception":
        waiting.faults.append(f"a trace: {element.proto.type}: {element.proto.message}")
    if waiting.told_by is not None and waiting.told_ms is None and waiting.told_by(element):
        waiting.told_ms = (time.perf_counter() - waiting.sent) * 1000
