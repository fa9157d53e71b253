"""What virtual people do: look for a run, open it, flag a part of it, take that back now and then, certify datasets."""

import json
import time
from collections.abc import Sequence

from scripts.load.page import Drawn, sheet_of
from scripts.load.person import Person
from scripts.load.visit import NotThere

_GRID, _OFFLINE_GRID = "online-grid", "offline-grid"
_OFTEN_UNDONE, _OFTEN_OPEN = 0.2, 0.8
_LOOKS = ("Ranges", "Why", "Facts", "History")
_RUN_FILTERS = (
    "state = OPEN",
    "lumisections > {n}",
    "class = Collisions18 and recorded > {n}",
    "run > 270000 and lumisections > {n}",
    "significant and recorded > {n}",
    "tracker-strip BAD > {n}",
    "stop_reason = DCS",
    "run > 265000 and (state = OPEN or tracker-strip BAD > {n})",
)
_DATASET_FILTERS = (
    "dataset like %PromptReco%",
    "run > 265000 and lumisections > {n}",
    "dataset like %Express%",
    "recorded > {n}",
)
_REASONS = ("power supply trip", "high noise on the plots", "readout error", "hot tower", "empty rings")


async def a_round(person: Person) -> None:
    """Once around: a run on Online, what is wrong in it or in a dataset of Offline, then datasets to be certified."""
    await look_on_online(person)
    if person.role == "shifter":
        await flag_in_run(person)
    else:
        await person.does("another look at the run", person.visit.give("tab", [person.dice.choice(_LOOKS)]))
        if await open_on_offline(person):
            await flag_in_run(person)
    await certify_on_offline(person)


async def arrive(person: Person) -> None:
    """Open the dashboard and be somebody; a shifter lets Online look again by itself."""
    await person.does("the first page", person.visit.open("online"))
    await person.does("role", person.visit.give("demo_role", person.role))
    if person.role == "shifter":
        await person.does("live", person.visit.give("live", True))


async def look_on_online(person: Person) -> None:
    """Filter the runs, look at two of them, and open the second."""
    visit, dice = person.visit, person.dice
    if visit.page.find(_GRID, "bidi_component") is None:
        await person.does("Online", visit.go("online"))
    wanted = "state = OPEN" if person.role == "shifter" and dice.random() < 0.7 else dice.choice(_RUN_FILTERS)
    await person.does("filter of Online", visit.give("filter", wanted.format(n=dice.randrange(5, 60))))
    for _ in range(2):
        runs = sheet_of(visit.there(_GRID, "bidi_component"))["ids"]
        if not runs:
            await person.does("filter of Online", visit.give("filter", ""))
            runs = sheet_of(visit.there(_GRID, "bidi_component"))["ids"]
        run = {"act": _now(), "value": dice.choice(runs)}
        await person.does("a run beside the grid", visit.act(_GRID, "selected", run))
    await person.does("open a run", visit.press("inspector-open"))


async def flag_in_run(person: Person) -> None:
    """On the Run page: a range in the strip, a component, a comment; and the flag is set where one may."""
    visit, dice = person.visit, person.dice
    if _strip(person) is None:
        await person.does("back to the strip", visit.give("tab", ["Strip"]))
    if (strip := _strip(person)) is None:
        raise NotThere("The Run page shows no strip.")
    data = json.loads(strip.proto.json)
    rows = [row["name"] for row in data["rows"]]
    own = [name for name in rows if name.startswith(f"{person.workspace}-")] or rows
    if not data["known"] or not own:
        return
    component, where = dice.choice(own), _a_range(person, data["known"])
    act = {"number": 1, "range": where, "ticked": [], "as_of": None, "component": None}
    await person.does("a range in the strip", visit.act(strip.key, "act", act))
    act |= {"number": 2, "ticked": [component], "component": component}
    await person.does("a component of the strip", visit.act(strip.key, "act", act))
    if visit.page.find("flag-comment") is None:
        return
    mark = person.mark()
    await person.does("a comment", visit.give("flag-comment", f"{dice.choice(_REASONS)} {mark}"))
    button = visit.page.find("flag-set", "button")
    if button is None or button.proto.disabled:
        return
    if await person.edits("flag", "flag-set", mark=mark, done=f"{component} "):
        await _undo_now_and_then(person, mark)


async def open_on_offline(person: Person) -> bool:
    """On Offline: filter, look at a dataset, and open its strip; gives whether there was one."""
    visit = person.visit
    rows = await _open_datasets(person)
    if not rows:
        return False
    dataset = {"act": _now(), "value": person.dice.choice(rows)}
    await person.does("a dataset beside the grid", visit.act(_OFFLINE_GRID, "selected", dataset))
    await person.does("open a dataset", visit.act(_OFFLINE_GRID, "opened", dataset | {"act": _now()}))
    return True


async def certify_on_offline(person: Person) -> None:
    """On Offline: filter, tick some datasets, and certify the open ones among them after the preview."""
    visit, dice = person.visit, person.dice
    if not (rows := await _open_datasets(person)):
        return
    few = dice.sample(rows, k=min(len(rows), dice.randint(1, 3)))
    await person.does("tick datasets", visit.act(_OFFLINE_GRID, "ticked", {"act": _now(), "value": few}))
    if visit.there("offline-set-good").proto.disabled:
        return
    await person.does("preview", visit.press("offline-set-good"))
    if visit.page.find("offline-comment") is None:
        await person.look_again()
        return
    mark = person.mark()
    await person.does("a comment", visit.give("offline-comment", f"{dice.choice(_REASONS)} {mark}"))
    if visit.there("offline-confirm").proto.disabled:
        await person.does("cancel", visit.press("offline-cancel"))
    elif await person.edits("certify", "offline-confirm", mark=mark, done=" certified "):
        await _undo_now_and_then(person, mark)


async def _open_datasets(person: Person) -> Sequence[str]:
    """The rows of Offline with a filter: mostly what is open on the own desk, and sometimes whatever there is."""
    visit, dice = person.visit, person.dice
    await person.does("Offline", visit.go("offline"))
    wanted = dice.choice(_DATASET_FILTERS).format(n=dice.randrange(5, 60))
    if dice.random() < _OFTEN_OPEN:
        wanted = f"state.{person.workspace} = OPEN and {wanted}"
    await person.does("filter of Offline", visit.give("filter", wanted))
    rows: Sequence[str] = sheet_of(visit.there(_OFFLINE_GRID, "bidi_component"))["ids"]
    return rows


def _strip(person: Person) -> Drawn | None:
    drawn = person.visit.page.drawn.values()
    return next((seen for seen in drawn if seen.kind == "bidi_component" and seen.key.startswith("strip-")), None)


async def _undo_now_and_then(person: Person, mark: str) -> None:
    if person.dice.random() < _OFTEN_UNDONE and person.visit.page.find("act-bar-undo") is not None:
        await person.edits("undo", "act-bar-undo", mark=mark, done="Undone:", is_undo=True)


def _a_range(person: Person, known: Sequence[int]) -> list[int]:
    """Some lumisections within one stretch of known ones, which come as ``[first, last, first, last …]``."""
    stretch = person.dice.randrange(len(known) // 2)
    first, last = known[2 * stretch], known[2 * stretch + 1]
    begin = person.dice.randint(first, last)
    return [begin, min(last, begin + person.dice.randrange(30))]


def _now() -> int:
    return int(time.time() * 1000)
