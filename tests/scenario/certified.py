"""A registry that holds what the original held after the look at the DQM GUI, with a cycle of the recorded ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import psycopg
from sqlalchemy import Engine

from backend.certify.cycles import create_cycle
from backend.certify.gui_links import link_listed
from backend.configuration import GLOBAL
from backend.db import engine_for, transaction
from backend.embedded import Embedded
from backend.ingest.dqm_gui import open_dqm_gui
from backend.ingest.oms import open_oms
from backend.queries import Condition, Operator, all_of, ids_of
from scripts.simulator.running import running_simulator
from tests.scenario.actions import SOMEBODY, do_again, recorded_actions
from tests.scenario.replay import asking, configure_scenario, take_in_everything

NAME = "scenario_certified"


@contextmanager
def certified_scenario(server: Embedded) -> Iterator[Engine]:
    """The scenario done again up to there."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME} TEMPLATE template STRATEGY wal_log")
    engine = engine_for(server.url(NAME))
    configure_scenario(engine)
    with running_simulator("scenario") as simulator:
        take_in_everything(engine, simulator)
        with open_oms(asking(simulator)) as oms:
            do_again(engine, simulator, oms, recorded_actions())
        with open_dqm_gui(asking(simulator)) as gui:
            link_listed(engine, gui.datasets())
    _make_cycles(engine)
    yield engine
    engine.dispose()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


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
