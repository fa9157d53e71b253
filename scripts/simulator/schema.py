"""Which attributes each OMS resource has, and what kind of value each of them is."""

from enum import StrEnum

from models.vocabulary import DCS_BITS


class Kind(StrEnum):
    """The kind of value an attribute holds, as ``/meta`` names it."""

    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    STRING = "string"
    TIME = "datetime"
    LIST = "array"


def _fields(kinds: dict[Kind, str]) -> dict[str, Kind]:
    return {name: kind for kind, names in kinds.items() for name in names.split()}


RUNS = _fields({
    Kind.INTEGER: "run_number fill_number duration initial_prescale_index last_lumisection_number l1_triggers_counter "
                  "hlt_physics_counter",
    Kind.NUMBER: "energy b_field delivered_lumi recorded_lumi init_lumi end_lumi l1_rate hlt_physics_rate "
                 "hlt_physics_size hlt_physics_throughput crossing_angle_start crossing_angle_stop beta_star_start "
                 "beta_star_stop beamactive_total_deadtime",
    Kind.BOOLEAN: "stable_beam tier0_transfer",
    Kind.LIST: "components components_out",
    Kind.TIME: "start_time end_time last_update",
    Kind.STRING: "sequence clock_type cmssw_version trigger_mode l1_hlt_mode l1_hlt_mode_stripped l1_key "
                 "l1_key_stripped l1_menu hlt_key fill_type_runtime fill_type_party1 fill_type_party2 "
                 "injection_scheme era",
})  # fmt: skip

LUMISECTIONS = _fields({
    Kind.INTEGER: "run_number fill_number lumisection_number prescale_index",
    Kind.NUMBER: "init_lumi end_lumi delivered_lumi recorded_lumi delivered_lumi_per_lumisection "
                 "recorded_lumi_per_lumisection pileup",
    Kind.BOOLEAN: " ".join((*DCS_BITS, "physics_flag")),
    Kind.TIME: "start_time end_time",
    Kind.STRING: "prescale_name",
})  # fmt: skip

FILLS = _fields({
    Kind.INTEGER: "fill_number first_run_number last_run_number",
    Kind.NUMBER: "energy b_field delivered_lumi recorded_lumi crossing_angle beta_star",
    Kind.BOOLEAN: "stable_beams",
    Kind.TIME: "start_time end_time",
    Kind.STRING: "fill_type_runtime fill_type_party1 fill_type_party2 injection_scheme era",
})  # fmt: skip

RESOURCES = {"runs": RUNS, "lumisections": LUMISECTIONS, "fills": FILLS}
"""The resources that the simulated OMS serves."""
