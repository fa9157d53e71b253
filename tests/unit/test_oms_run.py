"""A run is believed attribute by attribute, in the registry's units."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.errors import SourceNonsense
from backend.ingest.oms_run import read_moment, read_run
from backend.ingest.oms_units import power_to_ours, scaled

ATTRIBUTES = {
    "run_number": 327564,
    "last_update": "2018-11-19T22:10:00Z",
    "start_time": "2018-11-19T20:36:50Z",
    "end_time": None,
    "b_field": 3.8,
    "energy": 6369.0,
}


def a_row(units: dict[str, object] | None = None, **attributes: object) -> dict[str, object]:
    meta = {} if units is None else {"meta": {"row": {name: {"units": unit} for name, unit in units.items()}}}
    return {"id": "327564", "attributes": ATTRIBUTES | attributes} | meta


def test_times_are_aware_and_in_utc_and_stay_as_oms_wrote_them_among_the_attributes() -> None:
    run = read_run(a_row(start_time="2018-11-19T21:36:50+01:00"))
    assert run.start_time == datetime(2018, 11, 19, 20, 36, 50, tzinfo=UTC)
    assert run.start_time.tzinfo is UTC
    assert run.last_update == datetime(2018, 11, 19, 22, 10, tzinfo=UTC)
    assert run.end_time is None
    assert run.attributes["start_time"] == "2018-11-19T21:36:50+01:00"


def test_every_component_that_was_in_is_included_and_no_other_is_named() -> None:
    run = read_run(a_row(components=["PIXEL", "TRACKER", "CTPPS_TOT"]))
    included = {name: value for name, value in run.attributes.items() if name.endswith("_included")}
    assert included == {"pixel_included": True, "tracker_included": True, "ctpps_tot_included": True}


@pytest.mark.parametrize(
    ("attribute", "unit", "value", "ours"),
    [
        ("recorded_lumi", "pb^{-1}", 7.763654, 7.763654),
        ("recorded_lumi", "fb^{-1}", 0.0125, 12.5),
        ("recorded_lumi", "nb^{-1}", 7763.654, 7.763654),
        ("recorded_lumi", r"{\mu}b^{-1}", 7.763654, 7.763654e-6),
        ("delivered_lumi", "μb^-1", 8.117866, 8.117866e-6),
        ("delivered_lumi", r"$\mu b^{-1}$", 8.117866, 8.117866e-6),
        ("delivered_lumi", "mb^{-1}", 5.0, 5e-9),
        ("delivered_lumi", "b^{-1}", 5.0, 5e-12),
        ("init_lumi", "10^{34}cm^{-2}s^{-1}", 1.9, 1.9),
        ("init_lumi", "10^{27}cm^{-2}s^{-1}", 2.22189, 2.22189e-7),
        ("end_lumi", "10^{30} cm^{-2} s^{-1}", 5.0, 5e-4),
        ("end_lumi", "cm^{-2}s^{-1}", 2e34, 2.0),
        ("b_field", "T", 3.8, 3.8),
        ("b_field", "mT", 19.0, 0.019),
        ("energy", "GeV", 6500, 6500),
        ("energy", "TeV", 6.8, 6800.0),
        ("energy", "MeV", 450_000, 450.0),
    ],
)
def test_units_are_read_from_the_row(attribute: str, unit: str, value: float, ours: float) -> None:
    run = read_run(a_row({attribute: unit}, **{attribute: value}))
    assert run.attributes[attribute] == pytest.approx(ours, rel=1e-15)


@pytest.mark.parametrize("units", [None, {}, {"recorded_lumi": None}, {"recorded_lumi": ""}])
def test_without_a_unit_the_registrys_own_is_believed(units: dict[str, object] | None) -> None:
    assert read_run(a_row(units, recorded_lumi=12.5)).attributes["recorded_lumi"] == 12.5


def test_a_value_that_is_null_needs_no_unit_that_is_known() -> None:
    assert read_run(a_row({"recorded_lumi": "furlongs"}, recorded_lumi=None)).attributes["recorded_lumi"] is None


def test_an_unknown_attribute_follows_its_unit_where_that_is_known() -> None:
    units = {"recorded_lumi_stable": r"{\mu}b^{-1}", "crossing_angle_start": r"{\mu}rad"}
    run = read_run(a_row(units, recorded_lumi_stable=2e6, crossing_angle_start=160.0))
    assert run.attributes["recorded_lumi_stable"] == 2.0
    assert run.attributes["crossing_angle_start"] == 160.0


@pytest.mark.parametrize(
    ("units", "sentence"),
    [
        (
            {"recorded_lumi": "barrels"},
            "recorded_lumi of run 327564 in 'barrels', a unit that the registry does not know",
        ),
        ({"recorded_lumi": "T"}, "recorded_lumi of run 327564 in 'T', which is a unit of magnetic field"),
        ({"recorded_lumi": "10^{34}cm^{-2}s^{-1}"}, "a unit of instantaneous luminosity"),
        ({"recorded_lumi": 7}, "recorded_lumi in 7, which is no unit"),
    ],
)
def test_a_unit_that_cannot_be_is_named(units: dict[str, object], sentence: str) -> None:
    with pytest.raises(SourceNonsense, match=sentence):
        read_run(a_row(units, recorded_lumi=1.0))


def test_a_description_of_units_that_is_none_is_nonsense() -> None:
    with pytest.raises(SourceNonsense, match="describes b_field by 'T' where its unit should be"):
        read_run(a_row() | {"meta": {"row": {"b_field": "T"}}})


@pytest.mark.parametrize(
    ("attribute", "value", "word"),
    [
        ("fill_number", "7492", "a whole number"),
        ("fill_number", 7492.5, "a whole number"),
        ("duration", True, "a whole number"),
        ("b_field", "on", "a number"),
        ("energy", False, "a number"),
        ("stable_beam", 1, "true or false"),
        ("stable_beam", "true", "true or false"),
        ("components", "PIXEL", "a list of names"),
        ("components", ["PIXEL", 7], "a list of names"),
        ("hlt_key", 7, "a text"),
        ("last_update", "yesterday", "a time in UTC"),
        ("last_update", "2018-11-19T22:10:00", "a time in UTC"),
        ("end_time", 1542665200, "a time in UTC"),
    ],
)
def test_a_value_of_another_type_is_nonsense_that_names_run_attribute_and_value(
    attribute: str, value: object, word: str
) -> None:
    with pytest.raises(SourceNonsense) as caught:
        read_run(a_row(**{attribute: value}))
    assert str(caught.value) == f"OMS says that {attribute} of run 327564 is {value!r}, which is not {word}."


def test_a_counter_written_with_a_point_is_a_whole_number() -> None:
    counter = read_run(a_row(hlt_physics_counter=7224070.0)).attributes["hlt_physics_counter"]
    assert (counter, type(counter)) == (7224070, int)


def test_every_attribute_may_be_null_but_the_last_update() -> None:
    assert (
        read_run(a_row(hlt_key=None, stable_beam=None, components=None, fill_number=None)).attributes["hlt_key"] is None
    )
    with pytest.raises(SourceNonsense, match="when run 327564 was last updated"):
        read_run(a_row(last_update=None))


def test_attributes_that_are_new_are_kept_if_they_are_plain() -> None:
    run = read_run(a_row(weather="fine", masks=[1, "a", None], nested={"a": 1}, deep=[[1]]))
    assert run.attributes["weather"] == "fine"
    assert run.attributes["masks"] == [1, "a", None]
    assert "nested" not in run.attributes
    assert "deep" not in run.attributes


def test_a_real_run_of_lead_ions_is_read_in_our_units(data: Path) -> None:
    [row] = json.loads((data / "oms/oms_runs_jsonapi_sample_wbmcrawlr.json").read_text())["data"]
    row["attributes"]["last_update"] = row["attributes"]["end_time"]  # a resource of 2018 did not have it yet
    run = read_run(row)
    assert run.attributes["recorded_lumi"] == pytest.approx(5.469869e-6, rel=1e-15)
    assert run.attributes["init_lumi"] == pytest.approx(2.22189e-7, rel=1e-15)
    assert run.attributes["hlt_physics_counter"] == 7224070
    assert run.attributes["castor_included"] is True


def test_what_is_no_moment_is_none() -> None:
    assert [read_moment(text) for text in (None, 7, "", "2018-11-19T22:10:00", "soon")] == [None] * 5


def test_a_power_of_zero_leaves_a_whole_number_whole() -> None:
    assert type(scaled(6500, power_to_ours("energy", "GeV", where="run 1"))) is int
