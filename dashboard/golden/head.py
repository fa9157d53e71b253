"""The head of a golden JSON: what it is called, how much it holds, its files, and who may do what with it."""

from html import escape

import streamlit as st

from backend.db import engine
from backend.errors import RegistryError
from backend.golden.files import file_names, golden_file
from backend.golden.making import remake
from backend.golden.publishing import may_edit
from backend.queries.golden_jsons import GoldenJsonFacts
from dashboard.data import reading
from dashboard.golden.data import Analysis, outside_dcs
from dashboard.golden.publish import edit_popover, official_button
from dashboard.golden.words import luminosity, luminosity_words, moment, share
from dashboard.session import person
from models.vocabulary import GoldenJsonKind

_FILES = {"json": "JSON", "pretty": "Pretty", "cmssw": "CMSSW string", "csv": "CSV"}
_FURTHER = {"manifest": "Manifest", "block-range": "VLuminosityBlockRange"}
_MEDIA = {"csv": "text/csv", "cmssw": "text/plain", "block-range": "text/plain"}


def head_card(facts: GoldenJsonFacts, analysis: Analysis | None) -> None:
    """Draw the card."""
    with reading() as session:
        is_own = may_edit(session, person(), facts)
    with st.container(key="gj-head-name", horizontal=True, vertical_alignment="center"):
        st.html(_name(facts), width="stretch")
        edit_popover(facts, is_allowed=is_own)
        official_button(facts)
    with st.container(key="gj-head-figures", horizontal=True, vertical_alignment="bottom"):
        st.html(_figures(facts, analysis), width="stretch")
        with st.container(key="gj-files", horizontal=True, width="content", horizontal_alignment="right"):
            _files(facts)
    with st.container(key="gj-head-made", horizontal=True, vertical_alignment="center"):
        st.html(_made(facts), width="stretch")
        if facts.kind is GoldenJsonKind.MADE:
            st.button("Rebuild and compare", key="gj-remake", type="tertiary", on_click=_remake, args=(facts,))
    if (said := st.session_state.pop("gj-remade", None)) is not None:
        (st.success if said[0] else st.error)(said[1])
    if remarks := _remarks(facts, analysis):
        st.html("".join(f'<div class="gj-remark">{escape(remark)}</div>' for remark in remarks))


def _name(facts: GoldenJsonFacts) -> str:
    pills = [f'<span class="rr-pill a">#{facts.id}</span>']
    if facts.official is not None:
        word = "official" if facts.is_latest else "was official"
        pills.append(f'<span class="rr-pill good">{word}: {escape(facts.official)}</span>')
    pills += [f'<span class="rr-pill">{escape(tag)}</span>' for tag in facts.tags]
    label = f"<span>{escape(facts.label)}</span>" if facts.label else ""
    return f'<div class="gj-name"><h2>{escape(facts.file_name)}</h2>{"".join(pills)}{label}</div>'


def _figures(facts: GoldenJsonFacts, analysis: Analysis | None) -> str:
    value, unit = luminosity(facts.recorded_per_pb)
    cells = [
        (f"{facts.runs:,}", "runs", ""),
        (f"{facts.lumisections:,}", "lumisections", ""),
        (f"{value} <small>{unit}</small>", "recorded, certified", "x"),
    ]
    if analysis is not None:
        of = analysis.efficiencies
        asked, dcs = (analysis.losses[view] for view in analysis.losses if view.name in ("ALL", "DCS"))
        recorded, good = asked.total.recorded_per_pb, dcs.kept.recorded_per_pb
        cells.append((share(of.certification), f"of recorded, {luminosity_words(recorded)}", ""))
        cells.append((share(of.golden_over_dcs), f"of DCS-good, {luminosity_words(good)}", ""))
    if (outside := outside_dcs(facts)) is not None:
        cells.append((f"{outside.lumisections:,}", f"LS not in DCS-only #{outside.dcs_only}", ""))
    drawn = (f'<div class="{css}"><b>{figure}</b><span>{word}</span></div>' for figure, word, css in cells)
    return f'<div class="gj-figures">{"".join(drawn)}</div>'


def _files(facts: GoldenJsonFacts) -> None:
    for form, word in _FILES.items():
        _file(facts, form, word)
    with st.popover("More", key="gj-files-more"):
        for form, word in _FURTHER.items():
            _file(facts, form, word)
        st.caption(f"SHA-256 of the JSON: `{facts.sha256}`")


def _file(facts: GoldenJsonFacts, form: str, word: str) -> None:
    def content() -> bytes:
        with reading() as session:
            return golden_file(session, facts.id, form).content.encode()

    st.download_button(
        word,
        data=content,
        file_name=file_names(facts)[form],
        mime=_MEDIA.get(form, "application/json"),
        on_click="ignore",
        icon=":material/download:",
        key=f"gj-file-{form}",
    )


def _made(facts: GoldenJsonFacts) -> str:
    how = f"{escape(facts.recipe)}"
    of = f" · datasets <code>{escape(facts.pattern or 'all')}</code>" if facts.kind is GoldenJsonKind.MADE else ""
    when = f" · registry as of change set {facts.as_of}" if facts.as_of is not None else ""
    note = f" · {escape(facts.note)}" if facts.note else ""
    return (
        f'<div class="gj-made">{how}{of} · {escape(facts.made_by)}, {moment(facts.made_at)} UTC'
        f" in {facts.seconds:.1f} s{when} · sha256 <code>{facts.sha256[:12]}…</code>{note}</div>"
    )


def _remarks(facts: GoldenJsonFacts, analysis: Analysis | None) -> list[str]:
    said = []
    if facts.without_luminosity:
        said.append(
            f"The luminosity of {facts.without_luminosity:,} of {facts.lumisections:,} lumisections is not known "
            "and not in the figures."
        )
    if analysis is not None and analysis.selection.options.only_completed:
        said.append("Only datasets that global had COMPLETED were asked: what others hold is not counted as lost.")
    if analysis is not None and (several := analysis.selection.several):
        run, names = next(iter(several.items()))
        said.append(
            f"Of {len(several):,} runs several datasets match, such as {', '.join(names)} of {run}: it holds "
            f"{analysis.selection.options.of_several.value}."
        )
    return said


def _remake(facts: GoldenJsonFacts) -> None:
    """Make it again of the registry as it stood, and say whether it is the same."""
    try:
        again = remake(engine(), facts.id)
    except RegistryError as error:
        st.session_state["gj-remade"] = (False, str(error))
        return
    with reading() as session:
        is_same = again == golden_file(session, facts.id).content
    told = "the same file, bit for bit" if is_same else "NOT the same file: tell the maintainers"
    st.session_state["gj-remade"] = (is_same, f"Made again as of change set {facts.as_of}: {told}.")
