"""A process that flags lumisections without end and prints each change set once it is committed; tests kill it."""

import sys
from itertools import count

from backend.db import engine_for, transaction
from backend.record import DatasetKey
from models.vocabulary import ONLINE, Status
from tests.factories import a_flag, flag


def main(url: str, run_number: int, column: int) -> None:
    """Write until killed."""
    on = engine_for(url)
    online = DatasetKey(run_number, ONLINE)
    for n in count():
        first = 1 + n % 80
        with transaction(on) as session:
            done = flag(session, a_flag(online, column, Status(1 + n % 5), of=(first, first + n % 20), comment=f"{n}"))
        sys.stdout.write(f"{done.change_set}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
