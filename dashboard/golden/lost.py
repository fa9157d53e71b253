"""What was lost and to whom: by subsystem, by clause, by combination of clauses; and down to runs and lumisections."""

from html import escape

import polars as pl
import streamlit as st

from backend.golden.loss import Loss, View
from backend.golden.loss_mapping import Category
from backend.golden.loss_tables import Part, by_category, by_clause, by_combination, lost_json, runs_of
from backend.queries.golden_jsons import GoldenJsonFacts
from dashboard import look
from dashboard.figures.losses import loss_bars, loss_pie, losses_data
from dashboard.golden.clause_words import clause_words, failing_words
from dashboard.golden.data import Analysis
from dashboard.golden.figure import csv_button, draw
from dashboard.golden.words import luminosity_words
from models.lumi_formats import write_golden_json

_SUBSYSTEM, _PIE, _CLAUSE, _COMBINATION = "Subsystem", "Pie", "Clause", "Combination"
_TABLES = {_SUBSYSTEM: by_category, _PIE: by_category, _CLAUSE: by_clause, _COMBINATION: by_combination}
_HEIGHT, _PIE_HEIGHT = 362, 318
_MOST = 100


def loss_card(facts: GoldenJsonFacts, analysis: Analysis) -> None:
    """Draw the card; a click on a bar shows its runs."""
    with st.container(key="gj-loss-head", horizontal=True, vertical_alignment="center"):
        st.html('<div class="gj-title"><h2>Lost</h2></div>', width="content")
        st.space("stretch")
        by = st.segmented_control(
            "By", list(_TABLES), key="gj-loss-by", default=_SUBSYSTEM, required=True,
            label_visibility="collapsed",
        )  # fmt: skip
        view = st.selectbox("Clauses", list(View), key="gj-loss-view", label_visibility="collapsed", width=140)
        loss = analysis.losses[View(view)]
        table = _TABLES[str(by)](loss)
        csv_button(_flat(table), key=f"gj-loss-csv-{by}", name=f"golden-json-{facts.id}-lost-by-{str(by).lower()}")
    with st.container(key="gj-loss-body", gap=None):
        if not table.height:
            st.html('<div class="gj-none">Nothing was lost.</div>')
        elif by == _SUBSYSTEM:
            _bars(facts, table, loss)
        elif by == _PIE:
            _pie(facts, table, loss)
        else:
            st.html(_clauses(table, analysis) if by == _CLAUSE else _combinations(table, analysis))


def _bars(facts: GoldenJsonFacts, table: pl.DataFrame, loss: Loss) -> None:
    figure = loss_bars(table, look.current_theme())
    said = draw(figure, key=f"gj-loss-{facts.id}-{loss.view}", name=f"golden-json-{facts.id}-lost", height=_HEIGHT)
    points = getattr(getattr(said, "selection", None), "points", None) or []
    chosen = next((point.get("customdata") for point in points if point.get("customdata")), None)
    known = losses_data(table)["category"].to_list()
    category = chosen[0] if isinstance(chosen, list) else chosen
    if category in known:
        _runs(facts, loss, Category(category))
    else:
        st.html('<div class="gj-foot"><span>Solid: lost to it alone. Pale: all that is lost where it fails. '
                "Click a bar for its runs.</span></div>")  # fmt: skip


def _pie(facts: GoldenJsonFacts, table: pl.DataFrame, loss: Loss) -> None:
    figure = loss_pie(table, look.current_theme())
    draw(figure, key=f"gj-pie-{facts.id}-{loss.view}", name=f"golden-json-{facts.id}-lost-parts", height=_PIE_HEIGHT)
    st.html('<div class="gj-foot"><span>What is lost to one alone, to several, to tracker HV and in short runs: '
            "together all that is lost.</span></div>")  # fmt: skip


def _runs(facts: GoldenJsonFacts, loss: Loss, category: Category) -> None:
    """The runs of a bar: what is lost where the category fails, whatever else fails."""
    part = Part(of_class=category) if category is Category.MIXED else Part(category=category)
    runs = runs_of(loss, part).sort("recorded_per_pb", "lumisections", descending=True)
    shown = runs.head(_MOST)
    rows = "".join(
        f'<tr><td class="n"><a href="run?run={row["run_number"]}" target="_self">{row["run_number"]}</a></td>'
        f'<td>{escape(row["ranges"])}</td><td class="r">{row["lumisections"]:,}</td>'
        f'<td class="r">{luminosity_words(row["recorded_per_pb"])}</td></tr>'
        for row in shown.to_dicts()
    )
    left = f", the {_MOST} largest of {runs.height:,}" if runs.height > _MOST else ""
    with st.container(horizontal=True, vertical_alignment="center", key="gj-loss-runs-head"):
        st.html(f'<div class="gj-sub">{escape(category)}<span>{runs.height:,} runs{left}</span></div>', width="stretch")
        csv_button(runs, key=f"gj-lost-csv-{category}", name=f"golden-json-{facts.id}-{category}")
        st.download_button(
            "JSON", data=lambda: write_golden_json(lost_json(loss, part)).encode(), mime="application/json",
            file_name=f"lost-{category}.json", on_click="ignore", key=f"gj-lost-json-{category}",
        )  # fmt: skip
    st.html(f'<table class="gj-table">{rows}</table>')


def _clauses(table: pl.DataFrame, analysis: Analysis) -> str:
    words = {clause.index: clause_words(clause) for clause in analysis.weighed.clauses}
    rows = "".join(
        f'<tr><td title="{escape(row["text"])}">{escape(words[row["clause"]])}</td>'
        f'<td class="n q">{escape(", ".join(row["categories"]))}</td>'
        f'<td class="r">{luminosity_words(row["alone_recorded_per_pb"])}</td>'
        f'<td class="r q">{luminosity_words(row["inclusive_recorded_per_pb"])}</td></tr>'
        for row in table.sort("inclusive_recorded_per_pb", descending=True).to_dicts()
    )
    head = '<th>Clause</th><th>Subsystem</th><th class="r">Alone</th><th class="r">Inclusive</th>'
    return f'<table class="gj-table"><tr>{head}</tr>{rows}</table>'


def _combinations(table: pl.DataFrame, analysis: Analysis) -> str:
    words = {clause.index: clause_words(clause) for clause in analysis.weighed.clauses}

    def told(clauses: list[int]) -> str:
        return failing_words(words[at] for at in clauses) or "left out with its dataset"

    rows = "".join(
        f'<tr><td>{escape(told(row["clauses"]))}</td><td class="n q">{escape(row["class"])}</td>'
        f'<td class="r">{row["runs"]:,}</td><td class="r">{row["lumisections"]:,}</td>'
        f'<td class="r">{luminosity_words(row["recorded_per_pb"])}</td></tr>'
        for row in table.head(_MOST).to_dicts()
    )
    heads = '<th>What failed together</th><th>Class</th><th class="r">Runs</th><th class="r">LS</th>'
    return f'<table class="gj-table"><tr>{heads}<th class="r">Recorded</th></tr>{rows}</table>'


def _flat(table: pl.DataFrame) -> pl.DataFrame:
    """Lists of numbers as words too."""
    return table.with_columns(pl.col(pl.List(pl.Int64)).cast(pl.List(pl.String)))
