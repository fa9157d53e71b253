"""A registry that holds what the original held after the look at the DQM GUI, with a cycle of the recorded ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import Engine

from backend.certify.cycles import create_cycle
from backend.certify.gui_links import link_listed
from backend.configuration import GLOBAL
from backend.db import transaction
from backend.embedded import Embedded
from backend.ingest.dqm_gui import open_dqm_gui
from backend.ingest.oms import open_oms
from backend.queries import Condition, Operator, all_of, ids_of
from scripts.simulator.running import running_simulator
from tests.databases import an_engine
from tests.scenario.actions import SOMEBODY, do_again, recorded_actions
from tests.scenario.replay import asking, configure_scenario, take_in_everything


@contextmanager
def certified_scenario(server: Embedded) -> Iterator[Engine]:
    """The scenario done again up to there."""
    with an_engine(server, name="scenario_certified") as engine:
        configure_scenario(engine)
        with running_simulator("scenario") as simulator:
            take_in_everything(engine, simulator)
            with open_oms(asking(simulator)) as oms:
                do_again(engine, simulator, oms, recorded_actions())
            with open_dqm_gui(asking(simulator)) as gui:
                link_listed(engine, gui.datasets())
        _make_cycles(engine)
        yield engine


def _make_cycles(engine: Engine) -> None:
    cycles = {
        "Cycle 1": (date(2024, 5, 2), ("dt", "csc"), (379043, 379090), "/PromptReco/Collisions2024A/DQM"),
        "Cycle 2": (date(2024, 4, 20), ("dt",), (379165,), "/PromptReco/Cosmics2024/DQM"),
    }
    with transaction(engine) as session:
        for name, (deadline, desks, runs, dataset) in cycles.items():
            asked = [Condition("run_number", Operator.IN, runs), Condition("dataset", Operator.IS, dataset)]
            ids = ids_of(session, all_of(asked), workspace=GLOBAL, which="all")
            create_cycle(session, SOMEBODY, name=name, deadline=deadline, ids=ids, desks=(GLOBAL, *desks))
