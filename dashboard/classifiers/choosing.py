"""Which classifiers are looked at: the kind, the component, what is sought, and the one on the desk."""

import streamlit as st

from backend.classify import ComponentBody
from backend.configuration import Side
from dashboard.classifiers.data import Shelf, counts_of
from dashboard.classifiers.desk import drafted
from dashboard.classifiers.in_address import chosen, clear_desk, key_of
from dashboard.classifiers.listed import Listed
from dashboard.data import desks
from dashboard.session import from_address, to_address
from models.vocabulary import ConfigurationKind

KINDS = {
    ConfigurationKind.RUN_CLASS.value: "Run class",
    ConfigurationKind.SIGNIFICANCE.value: "Significance",
    ConfigurationKind.COMPONENT.value: "Component",
    ConfigurationKind.OFFLINE_DATASET.value: "Dataset",
    ConfigurationKind.RECIPE.value: "Recipe",
}
_FIRST = ConfigurationKind.COMPONENT.value


def choose_kind() -> ConfigurationKind:
    """The kind of classifier, with how many there are of each."""
    st.html('<span class="rr-title" role="heading" aria-level="1">Classifiers</span>', width="content")
    counts = counts_of(tuple(ConfigurationKind(kind) for kind in KINDS))
    kind = st.segmented_control(
        "Kind",
        list(KINDS),
        format_func=lambda kind: f"{KINDS[kind]}  :gray[{counts[ConfigurationKind(kind)]}]",
        key=key_of("kind", KINDS, _FIRST),
        required=True,
        on_change=_other_kind,
        label_visibility="collapsed",
    )
    return ConfigurationKind(str(kind))


def _other_kind() -> None:
    chosen("kind", _FIRST)
    clear_desk()


def choose_component(shelf: Shelf) -> str:
    """The component whose rules are listed, such as *tracker-strip online*; that of the address's classifier first."""
    bodies = [piece.body for piece in shelf.pieces.values() if isinstance(piece.body, ComponentBody)]
    names = {f"{body.component} {body.side}" for body in bodies}
    names |= {f"{w.workspace}-{column.name} {side}" for side in Side for w in desks(side) for column in w.columns}
    side, _, rest = from_address("name").partition("/")
    said = f"{rest.partition('/')[0]} {side}"
    if "component" not in st.session_state and "component" not in st.query_params and said in names:
        st.session_state["component"] = said
    component = st.selectbox(
        "Component",
        sorted(names, key=lambda name: (name.endswith(Side.OFFLINE), name)),
        key="component",
        bind="query-params",
        label_visibility="collapsed",
        width=190,
    )
    return str(component or "")


def of_component(listed: Listed, component: str) -> Listed:
    """Those of the chosen component; all, if the kind has none."""
    if not component:
        return listed
    return [(n, p) for n, p in listed if f"{p.body.component} {p.body.side}" == component]  # type: ignore[attr-defined]


def find(listed: Listed, component: str) -> tuple[Listed, str]:
    """What is listed, and under which heading: of all components what holds the text that is sought, else those of one.

    The text may stand in the name, the author's words or the rule; *tracker-strip online* finds all of that component.
    """
    sought = st.text_input(
        "Find", key="find", bind="query-params", placeholder="Find in all", label_visibility="collapsed", width=120
    )
    if not sought.strip():
        return of_component(listed, component), component
    words = sought.lower().split()
    return [(n, p) for n, p in listed if _holds(f"{n} {p.body.model_dump_json()}".lower(), words)], f"“{sought}”"


def _holds(text: str, words: list[str]) -> bool:
    return all(word in text for word in words)


def name_on_desk(kind: ConfigurationKind, shelf: Shelf, component: str, listed: Listed) -> str:
    """The classifier on the desk: that of the address while it is of this kind and component, else the first."""
    said = from_address("name")
    is_about = not component or said.startswith("/".join(reversed(component.split())) + "/")
    is_known = said in shelf.pieces or (kind, said) in drafted() or from_address("draft")
    if said and is_about and is_known:
        return said
    first = listed[0][0] if listed else ""
    to_address(name=first or None)
    return first
