"""To begin a new classifier, or to go on with a draft that came as a file."""

import streamlit as st

from backend.configuration import Side
from backend.errors import InvalidInput
from dashboard.classifiers.desk import keep
from dashboard.classifiers.draft import Draft, from_file
from dashboard.classifiers.in_address import choose
from dashboard.data import desks
from dashboard.literal import literal
from dashboard.session import person, to_address
from models.vocabulary import SAYABLE, ConfigurationKind

_STARTERS = {
    ConfigurationKind.RUN_CLASS: '{ "and": [\n  { "==": [{ "var": "l1_hlt_mode" }, "collisions2018"] }\n] }',
    ConfigurationKind.SIGNIFICANCE: '{ "and": [\n  { ">": [{ "var": "ls_duration" }, 2] }\n] }',
    ConfigurationKind.OFFLINE_DATASET: '{ "==": [{ "var": "Run.rr_attributes.significant" }, true] }',
    ConfigurationKind.RECIPE: '{ "and": [\n  { "==": [{ "var": "lumisection.oms.cms_active" }, true] }\n] }',
}
_FLAT = '{ "and": [\n  { "==": [{ "var": "cms_active" }, false] }\n] }'


def new_popover(kind: ConfigurationKind, component: str, seen: int) -> None:
    """The form in which a new classifier begins: what it is about, and then a draft of its rule."""
    with st.popover("New classifier", type="primary", key="cl-new"):
        fields, about = _fields(kind, component)
        more = st.text_input("Name", key=f"cl-new-name-{kind}", placeholder="in a word or two, such as DCS off")
        name = f"{about}/{more.strip()}" if more.strip() and about != more.strip() else about
        st.caption(f"It will be called **{literal(name)}**." if name else "It needs a name.")
        st.button(
            "Begin a draft",
            key="cl-new-begin",
            type="primary",
            disabled=not name,
            on_click=_begin,
            args=(kind, name, fields, seen),
        )
        st.divider()
        _from_file()


def _begin(kind: ConfigurationKind, name: str, fields: dict[str, object], seen: int) -> None:
    text = _STARTERS.get(kind, _FLAT)
    if fields.get("side") == Side.OFFLINE:
        text = text.replace("cms_active", "lumisection.oms.cms_active")
    to_address(name=name, against=None)
    keep(Draft(kind, name, text, {**fields, "description": ""}, 0, seen, person().name))


def _fields(kind: ConfigurationKind, component: str) -> tuple[dict[str, object], str]:
    """What the classifier is about: the fields of its body, and what its name begins with."""
    if kind is ConfigurationKind.COMPONENT:
        column, side = component.split() if component else ("", "")
        status = st.selectbox("Says", SAYABLE, format_func=lambda s: s.word, index=1, key="cl-new-status")
        priority = st.number_input(
            "Priority", 1, 1_000_000, 5, key="cl-new-priority", help="The smallest is asked first"
        )
        fields = {"side": side, "component": column, "status": status.word, "priority": priority}
        return fields, f"{side}/{column}/{status.word}" if column else ""
    if kind is ConfigurationKind.OFFLINE_DATASET:
        names = sorted(w.workspace for w in desks(Side.OFFLINE))
        workspace = st.selectbox("Workspace", names, key="cl-new-workspace")
        return {"workspace": workspace}, str(workspace or "")
    if kind is ConfigurationKind.RECIPE:
        label = st.text_input("Label", key="cl-new-label", placeholder="Golden 2018")
        return {"label": label, "datasets": ""}, label.strip()
    run_class = st.text_input("Run class", key="cl-new-class", placeholder="Collisions18").strip()
    if kind is ConfigurationKind.RUN_CLASS:
        priority = st.number_input(
            "Priority", 1, 1_000_000, 5, key="cl-new-priority", help="The smallest is asked first"
        )
        return {"run_class": run_class, "priority": priority}, run_class
    return {"run_class": run_class}, run_class


def _from_file() -> None:
    given = st.file_uploader("Or a draft that came as a file", type="json", key="cl-new-file", max_upload_size=1)
    if given is None:
        return
    try:
        draft = from_file(given.getvalue())
    except InvalidInput as error:
        st.error(literal(str(error)))
        return
    st.button(f"Open the draft of {literal(draft.name)}", key="cl-new-open", on_click=_open, args=(draft,))


def _open(draft: Draft) -> None:
    choose("kind", draft.kind.value)
    to_address(name=draft.name, against=None)
    keep(draft)
