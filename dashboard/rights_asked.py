"""The two questions that people ask of the rights: who may do this, and what may somebody do who is in these e-groups;
and in what the rights differ from the defaults of this version, with what is new there to adopt."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from backend.access import EVERYWHERE, Action, Grant, Matrix, RightsDifference, what_any_may, who_may
from backend.access.egroups import PREFIX
from backend.certify.adopting import adopt_rights
from backend.configuration import Side
from dashboard.data import desks
from dashboard.doing import do
from dashboard.permits import permit, permitted_button

_ALL = "every workspace"


def who_may_do(rights: Matrix) -> None:
    """Who may do this? Answered in a line."""
    with st.container(key="who-may", horizontal=True, vertical_alignment="center"):
        st.html('<span class="rr-label">Who may</span>', width="content")
        action = (
            st.selectbox(
                "Action",
                list(Action),
                format_func=lambda a: a.meaning,
                key="action",
                label_visibility="collapsed",
                width=340,
            )
            or Action.RUN_CLASS
        )
        workspace = None
        if action.per_workspace:
            names = sorted({w.workspace for side in Side for w in desks(side)})
            st.html('<span class="rr-label">in</span>', width="content")
            chosen = st.selectbox("Workspace", [_ALL, *names], key="where", label_visibility="collapsed", width=160)
            workspace = None if chosen == _ALL else chosen
        allowed = who_may(action, workspace, matrix=rights)
        _answer("rr-answer", allowed, nothing="nobody yet")


def what_may_they_do(rights: Matrix) -> None:
    """What may somebody do who is in all of these e-groups? Tried as any of them, without being one of them."""
    with st.container(key="what-may", horizontal=True, vertical_alignment="center"):
        st.html('<span class="rr-label">What may</span>', width="content")
        chosen = st.multiselect(
            "E-groups of somebody",
            sorted(rights.grants),
            key="rights-tried",
            label_visibility="collapsed",
            format_func=lambda egroup: egroup.removeprefix(PREFIX),
            placeholder="somebody in the e-groups …",
            width=460,
        )
        if chosen:
            granted = what_any_may(chosen, matrix=rights)
            _answer("rr-answer rr-tried", together(granted), nothing="nothing but read")


def together(grants: Iterable[Grant]) -> list[str]:
    """Grants as one reads them: each action once, with its workspaces: ``flags: ecal, tracker``."""
    places: dict[Action, list[str]] = {}
    for grant in grants:
        places.setdefault(grant.action, []).append(grant.workspace or "")
    return [f"{action}{_where(where)}" for action, where in places.items()]


def differences_bar(found: tuple[RightsDifference, ...], *, seen: int) -> None:
    """What is new since this registry wrote its rights, to be adopted in one click; and what people changed."""
    new = [difference for difference in found if difference.new]
    if new:
        with st.container(key="rights-new", horizontal=True, vertical_alignment="center"):
            said = "".join(f"<li><b>{escape(', '.join(map(str, d.new)))}</b> for {escape(d.egroup)}</li>" for d in new)
            st.html(f'<span class="rr-label">New since</span><ul class="rr-may">{said}</ul>', width="stretch")
            permitted_button(
                "Adopt",
                permit(Action.PERMISSION),
                key="rights-adopt",
                type="primary",
                help="Give these rights to these e-groups, in one act that can be undone",
                on_click=_adopt,
                args=(seen,),
            )
    if changed := [difference for difference in found if difference.taken or difference.more]:
        differ = "1 e-group differs" if len(changed) == 1 else f"{len(changed)} e-groups differ"
        with st.expander(f"{differ} from what a fresh registry starts with"):
            st.html(f'<ul class="rr-may">{"".join(map(_changed, changed))}</ul>')


def _adopt(seen: int) -> None:
    why = "default rights that came with a later version"
    if do("The new default rights are adopted", lambda session, who: adopt_rights(session, who, why=why, seen=seen)):
        st.cache_data.clear()  # rights are kept for a while, and are other ones now
        st.cache_resource.clear()


def _changed(difference: RightsDifference) -> str:
    parts = (
        f"{word} {', '.join(map(str, grants))}"
        for word, grants in (("without", difference.taken), ("with", difference.more))
        if grants
    )
    return f"<li><b>{escape(difference.egroup)}</b> <i>{escape('; '.join(parts))}</i></li>"


def _answer(of: str, words: Iterable[str], *, nothing: str) -> None:
    said = " ".join(f'<span class="rr-pill">{escape(word)}</span>' for word in words)
    st.html(f'<div class="{of}">{said or nothing}</div>')


def _where(places: list[str]) -> str:
    if places == [""]:
        return ""
    return " everywhere" if EVERYWHERE in places else f": {', '.join(places)}"
