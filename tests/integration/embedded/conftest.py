"""Folders, servers and other processes with a lease; each is taken away after its test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.embedded import Embedded
from backend.embedded.programs import Programs, find_programs
from tests.lease_holders import Holder, an_open_folder, copy_data


@pytest.fixture(scope="session")
def programs() -> Programs:
    return find_programs()


@pytest.fixture(scope="session")
def fresh_data() -> Iterator[Path]:
    """A data folder as the first start leaves it; copying it is quicker than initdb."""
    with an_open_folder() as root:
        server = Embedded(root).start()
        assert server.release()
        yield server.data


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder."""
    with an_open_folder() as made:
        yield made


@pytest.fixture
def other_folder() -> Iterator[Path]:
    """Another one."""
    with an_open_folder() as made:
        yield made


@pytest.fixture
def root(folder: Path, fresh_data: Path) -> Path:
    """A folder where the server has run before."""
    copy_data(fresh_data, folder / "pgdata")
    return folder


@pytest.fixture
def embedded() -> Iterator[Callable[[Path], Embedded]]:
    """Makes servers, and takes their leases back at the end."""
    made: list[Embedded] = []

    def make(root: Path) -> Embedded:
        made.append(Embedded(root))
        return made[-1]

    yield make
    for server in made:
        server.release()


@pytest.fixture
def holder() -> Iterator[Callable[..., Holder]]:
    """Makes other processes with a lease, and kills those that are still there at the end."""
    made: list[Holder] = []

    def make(root: Path, **how: object) -> Holder:
        made.append(Holder(root, **how))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.kill()
