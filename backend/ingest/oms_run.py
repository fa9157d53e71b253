"""A run as OMS tells it: its attributes, each of the type it must have, in the registry's units."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias, TypeGuard

from backend.errors import SourceNonsense
from backend.ingest.oms_units import power_to_ours, scaled, unit_of

Scalar: TypeAlias = str | int | float | bool | None
Attribute: TypeAlias = Scalar | list[Scalar]


@dataclass(frozen=True, slots=True)
class OmsRun:
    """What OMS says of one run.

    ``attributes`` holds all of it under the names of OMS, luminosities in /pb, instantaneous luminosities in
    10³⁴ cm⁻²s⁻¹, ``b_field`` in tesla, ``energy`` in GeV, times as the text OMS gave. For each entry of ``components``
    it has ``<component>_included: True``; a component that is not included has no such key, as in the original.
    """

    run_number: int
    last_update: datetime
    start_time: datetime | None
    end_time: datetime | None
    attributes: dict[str, Attribute]


def read_run(row: dict[str, object]) -> OmsRun:
    """The run that a JSON:API row of ``/runs`` tells of.

    Attributes that the registry does not know are kept if they are scalars or lists of scalars; a nested object is not.

    Raises
    ------
    SourceNonsense
        If an attribute is not of its type, or in a unit that is not known; names the run, the attribute and the value.
    """
    run_number = number_of(row)
    where = f"run {run_number}"
    attributes = _in_our_units(_believed(_raw(row), where), row, where)
    last_update = read_moment(attributes.get("last_update"))
    if last_update is None:
        raise SourceNonsense(f"OMS does not say when {where} was last updated: its last_update is null.")
    return OmsRun(
        run_number=run_number,
        last_update=last_update,
        start_time=read_moment(attributes.get("start_time")),
        end_time=read_moment(attributes.get("end_time")),
        attributes=attributes | _included(attributes.get("components")),
    )


def number_of(row: dict[str, object]) -> int:
    """The run number that a JSON:API row of ``/runs`` is of."""
    run_number = _raw(row).get("run_number")
    if type(run_number) is not int or run_number < 1:
        raise SourceNonsense(f"OMS gave a run whose run_number is {run_number!r:.80}.")
    return run_number


def read_moment(text: object) -> datetime | None:
    """The moment, in UTC, that OMS writes as ``2018-11-19T20:36:50Z``; none if it is not one or names no zone."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment and moment.tzinfo else None


def _raw(row: dict[str, object]) -> dict[str, object]:
    attributes = row.get("attributes")
    if not isinstance(attributes, dict):
        raise SourceNonsense(f"OMS gave a run without attributes: {row!r:.120}.")
    return attributes


def _believed(raw: dict[str, object], where: str) -> dict[str, Attribute]:
    believed: dict[str, Attribute] = {}
    for name, value in raw.items():
        if value is None:
            believed[name] = None
        elif name in _TYPE_OF:
            word, read = _TYPE_OF[name]
            try:
                believed[name] = read(value)
            except ValueError as error:
                raise SourceNonsense(
                    f"OMS says that {name} of {where} is {value!r:.80}, which is not {word}."
                ) from error
        elif _is_scalar(value) or _is_list_of_scalars(value):
            believed[name] = value
    return believed


def _in_our_units(attributes: dict[str, Attribute], row: dict[str, object], where: str) -> dict[str, Attribute]:
    return {
        name: scaled(value, power_to_ours(name, unit_of(row, name), where=where)) if _is_number(value) else value
        for name, value in attributes.items()
    }


def _included(components: Attribute) -> dict[str, bool]:
    names = components if isinstance(components, list) else []
    return {f"{name}_included".lower(): True for name in names}


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_scalar(value: object) -> TypeGuard[Scalar]:
    return value is None or isinstance(value, str | int | float)


def _is_list_of_scalars(value: object) -> TypeGuard[list[Scalar]]:
    return isinstance(value, list) and all(map(_is_scalar, value))


def _count(value: object) -> int:
    """A whole number; OMS writes some of its counters as ``7224070.0``."""
    if not _is_number(value) or value != int(value):
        raise ValueError
    return int(value)


def _number(value: object) -> float:
    if not _is_number(value):
        raise ValueError
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _texts(value: object) -> list[Scalar]:
    if not isinstance(value, list):
        raise ValueError
    return [_text(item) for item in value]


def _time(value: object) -> str:
    if read_moment(value) is None:
        raise ValueError
    return _text(value)


_Reader: TypeAlias = Callable[[object], Attribute]
_TYPES: tuple[tuple[str, _Reader, str], ...] = (
    (
        "a whole number",
        _count,
        "run_number fill_number duration initial_prescale_index last_lumisection_number l1_triggers_counter "
        "hlt_physics_counter",
    ),
    (
        "a number",
        _number,
        "energy b_field delivered_lumi recorded_lumi init_lumi end_lumi l1_rate hlt_physics_rate hlt_physics_size "
        "hlt_physics_throughput crossing_angle_start crossing_angle_stop beta_star_start beta_star_stop "
        "beamactive_total_deadtime",
    ),
    ("true or false", _boolean, "stable_beam tier0_transfer"),
    ("a list of names", _texts, "components components_out"),
    ("a time in UTC", _time, "start_time end_time last_update"),
    (
        "a text",
        _text,
        "sequence clock_type cmssw_version trigger_mode l1_hlt_mode l1_hlt_mode_stripped l1_key l1_key_stripped "
        "l1_menu hlt_key fill_type_runtime fill_type_party1 fill_type_party2 injection_scheme era",
    ),
)
_TYPE_OF = {name: (word, read) for word, read, names in _TYPES for name in names.split()}
"""The type of each run attribute that OMS documents (field.md §2b); null is of every type."""
