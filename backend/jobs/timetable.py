"""The timetable: which jobs there are, and how often each runs."""

from datetime import timedelta

from backend.ingest.oms import Oms
from backend.jobs.checking import checking_itself
from backend.jobs.gui import looking_at_the_gui
from backend.jobs.housekeeping import keeping_house
from backend.jobs.job import Job
from backend.jobs.looking import looking_by_last_update, sweeping_by_run_number
from backend.settings import Settings


def timetable(settings: Settings, *, oms: Oms) -> tuple[Job, ...]:
    """The jobs as the settings time them, in the order in which they run when several are due."""
    history = timedelta(days=settings.job_history_days)
    silence = timedelta(seconds=settings.worker_silence_seconds)
    return (
        Job(
            "oms",
            "take in what OMS updated lately, and the runs that are being taken",
            timedelta(seconds=settings.ingest_every_seconds),
            looking_by_last_update(oms, first_run=settings.oms_first_run),
        ),
        Job(
            "oms-sweep",
            "go through all runs of OMS by number, for what the looks have missed",
            timedelta(seconds=settings.sweep_every_seconds),
            sweeping_by_run_number(oms, first_run=settings.oms_first_run),
        ),
        Job(
            "dqm-gui",
            "link and open the datasets that have appeared in the DQM GUI",
            timedelta(seconds=settings.dqm_gui_every_seconds),
            looking_at_the_gui(settings),
        ),
        Job(
            "housekeeping",
            "close what silent workers left behind, forget old ticks and tasks",
            timedelta(seconds=settings.housekeeping_every_seconds),
            keeping_house(silence=silence, history=history),
        ),
        Job(
            "self-check",
            "fold some runs anew from the log, and see that what stands is the same",
            timedelta(seconds=settings.self_check_every_seconds),
            checking_itself(runs=settings.self_check_runs),
        ),
    )
