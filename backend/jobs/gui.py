"""The look at the DQM GUI as a job: which datasets it lists now, and what that means for those who wait for them."""

import time
from collections.abc import Callable

from backend.certify.gui_links import GuiLook, is_looked_for, link_listed
from backend.db import transaction
from backend.ingest.dqm_gui import open_dqm_gui
from backend.ingest.transport import Network
from backend.jobs.job import Ending, Interrupted, Report, Tick
from backend.settings import Settings

_NAMED = 3
"""So many runs that could not be judged are named in the sentence."""


def looking_at_the_gui(settings: Settings, *, network: Network | None = None) -> Callable[[Tick], Report]:
    """The job that links and opens the datasets which have appeared in the DQM GUI."""

    def look(tick: Tick) -> Report:
        with transaction(tick.engine) as session:
            if not is_looked_for(session):
                return Report("There is no dataset yet that the DQM GUI might list.")
        with open_dqm_gui(settings, sleep=_pausing(tick), network=network) as gui:
            listing = gui.datasets()
        found = link_listed(tick.engine, listing, is_stopping=tick.is_stopping)
        ending = Ending.STOPPED if tick.is_stopping() else Ending.FAILED if found.failures else Ending.OK
        return Report(told(found, listed=len(listing)), ending=ending)

    return look


def told(look: GuiLook, *, listed: int) -> str:
    """What a look brought, in a sentence.

    >>> told(GuiLook(datasets=2, links=2, opened=38, not_significant=2), listed=812)
    'The DQM GUI lists 812: 2 new links of 2 datasets, opened 38 times, not significant 2 times.'
    """
    brought = (
        f"{look.links} new links of {look.datasets} datasets, opened {look.opened} times, "
        f"not significant {look.not_significant} times."
        if look.datasets
        else "nothing new."
    )
    named = " ".join(f"Run {run}: {why}" for run, why in list(look.failures.items())[:_NAMED])
    more = f" {len(look.failures)} runs could not be judged. {named}" if look.failures else ""
    return f"The DQM GUI lists {listed}: {brought}{more}"


def _pausing(tick: Tick) -> Callable[[float], None]:
    """A wait between two tries that ends when the worker does."""

    def pause(seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if tick.is_stopping():
                raise Interrupted
            time.sleep(min(left, 0.2))

    return pause
