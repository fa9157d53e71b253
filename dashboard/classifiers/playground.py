"""The card in which a rule is tried: in plain words on a run, dataset or lumisection, with the branch that decided."""

from html import escape

import streamlit as st

from backend.classify import ClassifierBody, ComponentBody, RecipeBody, RunClassBody, SignificanceBody
from backend.classify.trying import Seen, has_lumisections, stretches_of
from backend.errors import RegistryError
from backend.rules import Explained
from backend.rules.facts import FactCatalogue, Subject
from dashboard import look
from dashboard.classifiers.data import datasets_of, newest_runs, seen
from dashboard.classifiers.desk import Desk
from dashboard.classifiers.drawn import chip, tree_html, word_of
from dashboard.components.lumi_ribbon import RibbonPiece, chosen_in, lumi_ribbon
from dashboard.components.lumi_ribbon.component import HOLDS, QUIET
from dashboard.rule_words import worded
from dashboard.session import from_address, to_address
from models.lumis import LumiRange, LumiSet
from models.vocabulary import ONLINE, Status

RIBBON = "cl-ribbon"


def tried_on(body: ClassifierBody | None, name: str) -> Seen | None:
    """The run or dataset that the address names, or the newest, as this classifier sees it; none if there is none."""
    run = from_address("run")
    newest = newest_runs(1)
    if body is None or not (run.isdecimal() or newest):
        return None
    number = int(run) if run.isdecimal() else newest[-1]
    dataset = from_address("dataset", ONLINE) if body.subject in _ON_DATASETS else ONLINE
    try:
        return seen(body, name, run_number=number, dataset=dataset)
    except RegistryError as error:
        st.session_state["tried-refused"] = str(error)
        return None


_ON_DATASETS = frozenset({Subject.OFFLINE_COMPONENT, Subject.OFFLINE_DATASET, Subject.RECIPE})


def playground_card(desk: Desk, body: ClassifierBody | None, catalogue: FactCatalogue, tried: Seen | None) -> None:
    """Draw the card."""
    lumisection = _lumisection(tried) if tried else None
    with st.container(key="cl-try-head", horizontal=True, vertical_alignment="center"):
        st.html('<h2 class="rr-h2">In plain words</h2>', width="content")
        st.html('<span class="rr-label">tried on</span>', width="content")
        _choice(body, tried, lumisection)
        st.space("stretch")
        verdict = st.empty()
    if body is None:
        st.html('<div class="cl-none">As soon as it is a rule again, it is said here in plain words.</div>')
        return
    if tried is None:
        refused = st.session_state.pop("tried-refused", "There is no run yet to try it on.")
        st.html(f'<div class="cl-none" role="alert">{escape(refused)}</div>')
        return
    try:
        explained = tried.explain(body.parsed, lumisection)
    except RegistryError as error:
        st.html(f'<div class="cl-none" role="alert">{escape(str(error))}</div>')
        return
    verdict.html(_pill(body, explained), width="content")
    _tree(body, catalogue, explained)
    if has_lumisections(body.subject):
        _ribbon(body, tried, lumisection)


def title_of(body: ClassifierBody) -> str:
    """What the rule says, as the beginning of a sentence that its words complete."""
    if isinstance(body, ComponentBody):
        return f"{body.component.partition('-')[2]} is {body.status.word} when"
    if isinstance(body, RunClassBody):
        return f"the run is {body.run_class} when"
    if isinstance(body, SignificanceBody):
        return f"a run of {body.run_class} is significant when"
    if isinstance(body, RecipeBody):
        return "a lumisection is kept when"
    return f"the dataset is opened for {getattr(body, 'workspace', 'the workspace')} when"


def _choice(body: ClassifierBody | None, tried: Seen | None, lumisection: int | None) -> None:
    st.text_input(
        "Run to try it on",
        key="run",
        bind="query-params",
        label_visibility="collapsed",
        placeholder=f"run {tried.run_number}" if tried else "run",
        width=92,
    )
    if body is not None and body.subject in _ON_DATASETS and tried is not None:
        st.selectbox(
            "Dataset",
            datasets_of(tried.run_number),
            key="dataset",
            bind="query-params",
            label_visibility="collapsed",
            width=150,
        )
    if lumisection is not None and tried is not None:
        key = f"cl-ls-{tried.run_number}-{lumisection}"
        st.number_input(
            "Lumisection",
            1,
            tried.known.ranges[-1].last,
            lumisection,
            key=key,
            on_change=lambda: to_address(ls=str(st.session_state[key])),
            label_visibility="collapsed",
            width=76,
        )


def _lumisection(tried: Seen) -> int | None:
    """The lumisection that one looks at: as in the address if the run has it, else the first that it has."""
    if tried.lumisections is None or not tried.known:
        return None
    said = from_address("ls")
    first = int(said) if said.isdecimal() else 0
    return first if first in tried.known else tried.known.ranges[0].first


def _pill(body: ClassifierBody, explained: Explained) -> str:
    """Whether it matches, and so what it says."""
    says = f": {body.status.word}" if isinstance(body, ComponentBody) else ""
    kind = body.status.word.lower() if isinstance(body, ComponentBody) else "a"
    word = f"matches{says}" if explained.holds else "does not match"
    return f'<span class="rr-pill {kind if explained.holds else ""}">{escape(word)}</span>'


def _tree(body: ClassifierBody, catalogue: FactCatalogue, explained: Explained) -> None:
    says = body.status.word if isinstance(body, ComponentBody) else "yes"
    verdict = says if explained.holds else "no"
    with st.container(key="cl-tree", gap=None):
        st.html(tree_html(explained, worded(body.parsed, catalogue), catalogue, title=title_of(body), verdict=verdict))


def _decided_by(body: ClassifierBody, tried: Seen, lumisection: int | None) -> str:
    """What the lumisection is given by all rules of the component, where that is not this rule's word alone."""
    if not isinstance(body, ComponentBody) or lumisection is None:
        return ""
    for stretch in stretches_of(tried, body):
        if lumisection in stretch.where:
            by = "no rule matches" if stretch.by is None else str(stretch.by)
            return f"LS {lumisection} is given {chip(stretch.status)} <b>{word_of(stretch.status)}</b>: {escape(by)}"
    if tried.dataset == ONLINE and body.subject is Subject.ONLINE_COMPONENT:
        return "The run is not significant: no rule speaks of its lumisections."
    return ""


def _ribbon(body: ClassifierBody, tried: Seen, lumisection: int | None) -> None:
    where = tried.where(body.parsed) & tried.known
    with st.container(key="cl-ribbon-card", gap=None):
        if other := _decided_by(body, tried, lumisection):
            st.html(f'<div class="cl-other">{other}</div>')
        st.html(
            '<div class="cl-ribbon-head"><span class="rr-label">Every lumisection of the run</span>'
            f"<span><b>{len(where):,}</b> of {len(tried.known):,} match</span></div>"
        )
        if lumisection is not None:
            lumi_ribbon(
                pieces=_pieces(body, tried, where),
                last=tried.known.ranges[-1].last,
                chosen=lumisection,
                key=RIBBON,
                on_chosen=_chosen,
            )


def _chosen() -> None:
    if (lumisection := chosen_in(RIBBON)) is not None:
        to_address(ls=str(lumisection))


def _pieces(body: ClassifierBody, tried: Seen, where: LumiSet) -> list[RibbonPiece]:
    """Where the rule holds in the colour of what it says; elsewhere quiet, with what other rules say in words."""
    status = body.status if isinstance(body, ComponentBody) else None
    holds = [RibbonPiece(r, _look(status), f"{word_of(status) if status else 'matches'}") for r in where.ranges]
    rest: list[RibbonPiece] = []
    told = stretches_of(tried, body)
    for stretch in told:
        by = "no rule matches" if stretch.by is None else str(stretch.by)
        rest += _quiet(stretch.where - where, f"{word_of(stretch.status)} by {by}")
    return [*holds, *(rest if told else _quiet(tried.known - where, "does not match"))]


def _quiet(where: LumiSet, words: str) -> list[RibbonPiece]:
    return [RibbonPiece(LumiRange(r.first, r.last), QUIET, words) for r in where.ranges]


def _look(status: Status | None) -> str:
    return HOLDS if status is None else look.token_of(status).lower()
