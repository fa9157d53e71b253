"""What OMS says of a whole run: plausible attributes, the same for the same run always."""

from datetime import timedelta
from functools import partial
from random import Random

from models.vocabulary import SECONDS_PER_LUMI
from scripts.simulator import lumisections, units
from scripts.simulator.bits import PIXEL, TRACKER
from scripts.simulator.oms import OmsRun, Row, write_time
from scripts.simulator.season import RunKind, SeasonRun

COMPONENTS_RUN2 = (
    "CSC", "CTPPS", "DAQ", "DCS", "DQM", "DT", "ECAL", "ES", "HCAL", "PIXEL", "RPC", "SCAL", "TCDS", "TRACKER", "TRG",
)  # fmt: skip
COMPONENTS_RUN3 = (
    "CSC", "CTPPS", "CTPPS_TOT", "DAQ", "DCS", "DQM", "DT", "ECAL", "ES", "GEM", "HCAL", "L1SCOUT", "PIXEL", "RPC",
    "TCDS", "TRACKER", "TRG",
)  # fmt: skip

MODE = {
    RunKind.COLLISIONS: "collisions",
    RunKind.COSMICS: "cosmics",
    RunKind.COMMISSIONING: "circulating",
    RunKind.IONS: "collisionshi",
}
"""The trigger mode of each kind of run."""

PAUSE_AFTER_END = 80
"""OMS has its last word on a run within so many seconds, before the next run begins."""


def oms_run(run: SeasonRun) -> OmsRun:
    """A run of a season as OMS has it once the run is over."""
    lumi_units = units.lumi_units(run)
    totals = lumisections.totals(run, lumi_units)
    random = Random(f"attributes {run.run_number}")
    attributes = _identity(run, random) | _machine(run, random) | _trigger(run, random) | totals
    return OmsRun(
        attributes=attributes,
        units={name: unit for name, unit in units.of_run(lumi_units).items() if name in attributes},
        lumisection_units=units.of_lumisection(lumi_units, per_lumisection=run.year.per_lumisection_fields),
        count=len(run.known),
        rows=partial(lumisections.rows, run, lumi_units),
    )


def _identity(run: SeasonRun, random: Random) -> Row:
    end = run.start + timedelta(seconds=run.last * SECONDS_PER_LUMI)
    updated = end + timedelta(seconds=random.randint(20, PAUSE_AFTER_END))
    return {
        "run_number": run.run_number,
        "fill_number": run.place.fill_number,
        "start_time": write_time(run.start),
        "end_time": write_time(end),
        "last_update": write_time(updated),
        "duration": int((end - run.start).total_seconds()),
        "last_lumisection_number": run.last,
        "era": f"{run.year.year}{run.year.era(run.run_number)}",
        "sequence": "GLOBAL-RUN",
        "tier0_transfer": True,
        "cmssw_version": run.year.cmssw,
        "clock_type": "LOCAL" if run.kind is RunKind.COSMICS else "LHC",
        **_components(run, random),
    }


def _components(run: SeasonRun, random: Random) -> Row:
    """What was in the run. What stood in standby for all of a cosmics run was often left out of it."""
    components = list(COMPONENTS_RUN3 if run.year.has_gem else COMPONENTS_RUN2)
    if run.kind is RunKind.IONS:
        components = sorted({*components, "CASTOR"} - {"CTPPS", "CTPPS_TOT"})
    out: list[str] = []
    if run.kind is RunKind.COSMICS and random.random() < 0.5:
        standby = run.phases[0].missing
        out = [name for name, parts in (("PIXEL", PIXEL), ("TRACKER", TRACKER)) if parts <= standby]
    return {"components": [c for c in components if c not in out], "components_out": out}


def _machine(run: SeasonRun, random: Random) -> Row:
    """Beams, field and filling scheme. Cosmics are taken with the magnet off now and then."""
    collisions = run.kind is RunKind.COLLISIONS
    off = run.kind is RunKind.COSMICS and random.random() < 0.15
    energy = {RunKind.COLLISIONS: run.year.beam_energy_gev, RunKind.COSMICS: 0, RunKind.COMMISSIONING: 450}
    ions = run.kind is RunKind.IONS
    runtime = "COSMICS" if run.kind is RunKind.COSMICS else "PB" if ions else "PROTONS"
    return {
        "energy": energy.get(run.kind, 6369),
        "b_field": 0.019 if off else 3.8,
        "stable_beam": collisions,
        "fill_type_runtime": runtime,
        "fill_type_party1": "PB82" if ions else "PROTON",
        "fill_type_party2": "PB82" if ions else "PROTON",
        "injection_scheme": _injection_scheme(run) if run.kind is not RunKind.COSMICS else None,
        "crossing_angle_start": 160.0 if collisions else None,
        "crossing_angle_stop": round(random.uniform(130, 160), 1) if collisions else None,
        "beta_star_start": 30.0 if collisions else None,
        "beta_star_stop": random.choice((30.0, 27.0, 25.0)) if collisions else None,
        "beamactive_total_deadtime": round(random.uniform(1.5, 5.0), 3) if collisions else 0,
    }


def _injection_scheme(run: SeasonRun) -> str:
    if run.kind is RunKind.IONS:
        return "100_150ns_648Pb_620_619_52_36bpi_20inj"
    if run.year.year >= 2022:
        return "25ns_2462b_2450_1737_1735_180bpi_17inj_2INDIV"
    return "25ns_2556b_2544_2215_2332_144bpi_20injV3"


def _trigger(run: SeasonRun, random: Random) -> Row:
    year, mode = run.year.year, f"{MODE[run.kind]}{run.year.year}"
    version = f"v{random.randint(10, 90)}"
    l1_rate = {RunKind.COLLISIONS: 90_000.0, RunKind.COSMICS: 600.0}.get(run.kind, 2_000.0) * random.uniform(0.7, 1.1)
    hlt_rate = {RunKind.COLLISIONS: 1_400.0, RunKind.COSMICS: 250.0}.get(run.kind, 60.0) * random.uniform(0.7, 1.1)
    seconds = run.last * SECONDS_PER_LUMI
    return {
        "hlt_key": _hlt_key(run, random),
        "l1_key": f"l1_trg_{mode}/{version}",
        "l1_key_stripped": f"{mode}/{version}",
        "l1_hlt_mode": mode,
        "l1_hlt_mode_stripped": f"{mode}/{version}",
        "trigger_mode": f"l1_hlt_{mode}/{version}",
        "l1_menu": f"L1Menu_Collisions{year}_v{1 + random.randint(0, 1)}_{random.randint(0, 2)}_0",
        "initial_prescale_index": 2 if run.kind is RunKind.COLLISIONS else 0,
        "l1_rate": round(l1_rate, 3),
        "l1_triggers_counter": int(l1_rate * seconds),
        "hlt_physics_rate": round(hlt_rate, 3),
        "hlt_physics_counter": int(hlt_rate * seconds),
        "hlt_physics_size": round(hlt_rate * seconds / 1e3, 3),
        "hlt_physics_throughput": round(hlt_rate / 1e3, 6),
    }


def _hlt_key(run: SeasonRun, random: Random) -> str:
    year, v = run.year.year, f"v{random.randint(1, 3)}.{random.randint(0, 6)}"
    path = {
        RunKind.COLLISIONS: f"/cdaq/physics/Run{year}/2e34/{v}.{random.randint(0, 4)}/HLT",
        RunKind.COSMICS: f"/cdaq/cosmic/commissioning{year}/{v}/HLT",
        RunKind.COMMISSIONING: f"/cdaq/circulating/{year}/{v}/HLT",
        RunKind.IONS: f"/cdaq/special/{year}/IonCommissioning/{v}/HLT",
    }[run.kind]
    return f"{path}/V{random.randint(1, 6)}"
