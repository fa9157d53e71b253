"""Before the click: whoever may not write finds every control that writes disabled, with the e-group that may.

Every control of every page is looked at. One that is enabled for a visitor has to be known here as one that only reads
or looks elsewhere, so that a new one that writes cannot be forgotten.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Node

from backend.access import DEFAULT_RIGHTS, demo_actor
from backend.db import transaction
from backend.golden.publishing import mark_official
from backend.golden.uploading import keep_upload
from backend.jobs.tasks import ask
from backend.start import make_ready
from tests.certifying import EXPERT, last_act
from tests.factories import RUN
from tests.pages import open_page, speaking_to
from tests.peoples_acts import ACCEPTED, SIGNED_OFF, arrange, dataset_id
from tests.peoples_acts import PROMPT as PROMPT_KEY

READS = re.compile(
    "filter|filter-(add|added|clear|what|how-.*|value|saved)|workspace|workspace-.*|live|datasets|component|find|run"
    "|choice-.*|look-.*|download|download-csv|.*-(csv|csv-.*|download|download-json|python|links)|chosen-runs"
    "|batch-(tool|closed|columns-.*|scope-.*|status)|offline-(batch|fold|only-.*|tick-.*)|cycle-of-.*"
    "|inspector-(open|close)|run-(earlier|later)|strip-.*-typed|act-(oms|words)"
    "|by|run_number|dataset|text|kind|since|until|log-(clear|latest|earlier|close)|tab|action|where|rights-.*"
    "|cl-(open-.*|look-.*|ls-.*|facts|download|meaning|pick-.*|field-.*|new|new-.*)"
    "|gj-(within|recipe|pattern|options|several|completed|runs|prescales|find|open-.*|file-.*|files-more|with-.*|why-.*"
    "|edit-recipe)|form-\\d+-try"
)
"""The keys of what only reads or changes what one looks at: a draft of a rule is one's own, and in the address."""
CONTROLS = (
    "button|download_button|text_input|text_area|selectbox|multiselect|checkbox|toggle|number_input|radio|date_input"
    "|segmented_control|pills|file_uploader|slider|form_submit_button|chat_input|color_picker"
).split("|")
SIGN_IN = re.compile(r"^Sign in")
"""What anybody may do who is signed in says so: own filters, own golden JSONs."""
EGROUPS = re.compile("|".join(map(re.escape, sorted(DEFAULT_RIGHTS, key=len, reverse=True))))
FOR_NOBODY = re.compile("^Choose a workspace: the global one has no components")
"""What is disabled for everybody."""

PLACES: list[tuple[str, dict[str, str]]] = [
    ("online", {}),
    ("online", {"selected": str(RUN)}),
    ("online", {"selected": str(SIGNED_OFF)}),
    ("offline", {"workspace": "tracker"}),
    ("offline", {"workspace": "global"}),
    ("run", {"run": str(RUN)}),
    ("run", {"run": str(SIGNED_OFF)}),
    ("cycles", {"workspace": "tracker", "cycle": "1"}),
    ("cycles", {"workspace": "tracker", "cycle": "3"}),
    ("classifiers", {"kind": "component"}),
    ("classifiers", {"kind": "recipe"}),
    ("golden", {"json": "1"}),
    ("log", {}),
    ("log", {"act": "LAST"}),
    ("settings", {"tab": "Accepted datasets", "name": ACCEPTED.name}),
    ("settings", {"tab": "Accepted datasets", "name": "new"}),
    ("settings", {"tab": "Workspaces", "name": "offline/tracker"}),
    ("settings", {"tab": "Workspaces", "name": "new"}),
    ("settings", {"tab": "Causes", "name": "ecal"}),
    ("settings", {"tab": "Permissions", "name": "cms-dqm-oncall"}),
    ("settings", {"tab": "Permissions", "name": "new"}),
    ("settings", {"tab": "Jobs and tasks", "task": "1"}),
]


@pytest.fixture
def registry(engine: Engine) -> Iterator[dict[str, str]]:
    """A registry in which everything can be done that people do; what of it has numbers."""
    arrange(engine)
    make_ready(engine)
    with transaction(engine) as session:
        made = keep_upload(session, EXPERT, b'{"355100": [[1, 2]]}', came_as="x.json")
        mark_official(session, EXPERT, made, kind="golden", seen=None)
        ask(session, "backfill", {"first": 1, "last": 2}, by="K. Ito")
        numbers = {"LAST": str(last_act(session).id), "DATASET": str(dataset_id(session, PROMPT_KEY))}
    url = engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    with speaking_to(url, RR_DQM_GUI_URL="http://127.0.0.1:9", RR_DQM_GUI_TIMEOUT_SECONDS="1"):
        yield numbers


def test_a_visitor_finds_nothing_enabled_that_writes_and_is_told_which_egroup_may(registry: dict[str, str]) -> None:
    seen: set[str] = set()
    problems: list[str] = []
    for page, asked in PLACES:
        app = open_page(page, role="visitor", **{name: registry.get(said, said) for name, said in asked.items()})
        assert not app.exception, (page, asked)
        for key, is_enabled, why in _controls(app.main):
            seen.add(key)
            if READS.fullmatch(key):
                continue
            if is_enabled:
                problems.append(f"{page} {asked}: {key} is enabled")
            elif why is not None and not _is_told(why):
                problems.append(f"{page} {asked}: {key} is disabled and says {why!r}")
    assert problems == []
    assert seen >= {"act-signoff", "offline-set-bad", "cycle-complete", "cl-save", "gj-edit", "log-take-back"}


@pytest.mark.long
@pytest.mark.parametrize("role", ["shifter", "tracker-certifier", "dc-expert"])
def test_somebody_finds_enabled_exactly_what_their_egroups_may(registry: dict[str, str], role: str) -> None:
    """What a visitor is told that a control needs decides: one of these e-groups is enough, none of them locks it."""
    mine = demo_actor(role).egroups
    compared: dict[bool, set[str]] = {True: set(), False: set()}
    problems: list[str] = []
    for page, asked in PLACES:
        query = {name: registry.get(said, said) for name, said in asked.items()}
        for_nobody = {key: why for key, is_enabled, why in _controls(open_page(page, role="visitor", **query).main)}
        for key, is_enabled, why in _controls(open_page(page, role=role, **query).main):
            needed = set(EGROUPS.findall(for_nobody.get(key) or ""))
            if not needed:
                continue
            may_it = bool(needed & mine)
            compared[may_it].add(key)
            is_locked = not is_enabled and bool(EGROUPS.search(why or ""))
            if is_enabled > may_it or is_locked == may_it:
                problems.append(
                    f"{page} {asked}: {key} is {'enabled' if is_enabled else why!r}, needs {sorted(needed)}"
                )
    assert problems == []
    assert all(compared.values()), compared


def _forms_of_a_range() -> None:
    from dashboard.bits_form import bits_form
    from dashboard.data import strip
    from dashboard.flag_form import flag_form
    from models.lumis import LumiSet
    from tests.peoples_acts import PROMPT

    of, chosen = strip(PROMPT.run_number, PROMPT.name, None), LumiSet.span(10, 20)
    flag_form({PROMPT: of.known}, chosen, ticked=frozenset({"tracker-strip"}), seen=0)
    bits_form(PROMPT, of, chosen, seen=0)


@pytest.mark.usefixtures("registry")
def test_flags_and_bits_of_a_range_are_locked_likewise() -> None:
    app = AppTest.from_function(_forms_of_a_range, default_timeout=30)
    app.session_state["demo_role"] = "visitor"
    app.run()
    app.text_area(key="flag-comment").set_value("noisy modules").run()
    assert not app.exception
    buttons = {key: (is_enabled, why) for key, is_enabled, why in _controls(app.main) if why is not None}
    assert len(buttons) >= 3
    assert [key for key, (is_enabled, why) in buttons.items() if is_enabled or not EGROUPS.search(why or "")] == []


def _is_told(why: str) -> bool:
    return any(told.search(why) for told in (EGROUPS, SIGN_IN, FOR_NOBODY))


def _controls(at: Node) -> Iterator[tuple[str, bool, str | None]]:
    """Every control that can be reached: its key, whether it is enabled, and what it says; fields have no sentence."""
    proto = at.proto
    if isinstance(at, Block):
        if at.type == "popover":
            yield _key(proto), not proto.popover.disabled, proto.popover.help
            if proto.popover.disabled:
                return
        for child in at.children.values():
            yield from _controls(child)
    elif at.type in CONTROLS:
        yield _key(proto), not proto.disabled, proto.help if at.type == "button" else None
    elif at.type == "dataframe" and proto.editing_mode != proto.READ_ONLY:
        yield _key(proto), not proto.disabled, None


def _key(proto: Any) -> str:
    """The key of a control, which Streamlit keeps at the end of its id; else its label."""
    key = proto.id.partition("-")[2].partition("-")[2]
    return str(proto.label if key in ("", "None") else key)
