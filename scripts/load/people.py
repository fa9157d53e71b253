"""Many virtual people at once in one process; whoever is thrown out comes back and goes on."""

import asyncio
import itertools
import time
from collections.abc import Sequence

from scripts.load.journeys import a_round, arrive
from scripts.load.ledger import Ledger
from scripts.load.person import Load, Person, TimeIsOver
from scripts.load.tally import Tally
from scripts.load.visit import Visit

THINK_SECONDS = 5.0
"""What a person thinks between two clicks, in the mean: anything from half of it to one and a half."""

ROLES = (
    *("shifter", "dc-expert", "tracker-certifier", "ecal-certifier", "hcal-certifier"),
    *("csc-certifier", "dt-certifier", "muon-certifier", "jetmet-certifier", "egamma-certifier"),
)
"""Every tenth person is a shifter on Online, another one an expert of data certification, the others certify."""

_SECONDS_BEFORE_COMING_BACK = 2.0


async def people(
    address: str,
    count: int,
    seconds: float,
    *,
    tally: Tally,
    ledger: Ledger,
    seed: int = 1,
    think: float = THINK_SECONDS,
    roles: Sequence[str] = ROLES,
    rounds: int | None = None,
) -> None:
    """Let so many people work for so long; they arrive one after another within the time of one thought.

    Parameters
    ----------
    address
        Of the dashboard, such as ``http://127.0.0.1:8501``.
    think
        Seconds between two clicks, in the mean.
    rounds
        Who has gone round so often leaves; none: all stay until the time is over.
    """
    name = format(int(time.time() * 1000), "x")
    load = Load(tally, ledger, name, seed, think, until=time.monotonic() + seconds)
    async with asyncio.TaskGroup() as all_of_them:
        for number, role in zip(range(count), itertools.cycle(roles)):
            person = Person(number, role, load)
            all_of_them.create_task(_works(person, address, rounds, late=think * number / count))


async def _works(person: Person, address: str, rounds: int | None, *, late: float) -> None:
    """Rounds until the time is over; the act that one is about is done to its end."""
    await asyncio.sleep(late)
    while True:
        try:
            async with Visit(address) as person.visit:
                await arrive(person)
                for _ in itertools.count() if rounds is None else range(rounds):
                    await a_round(person)
                return
        except TimeIsOver:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody should see it, and the others go on
            person.tally.error(f"{person.name}: {type(error).__name__}: {error}")
            await asyncio.sleep(_SECONDS_BEFORE_COMING_BACK)
