"""Many writers at once, threads of this process and processes of their own; and the history that comes of it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import orjson
from sqlalchemy import Engine, text

from tests.linearisable.deeds import Call, Deed, Kind, call_of_line
from tests.linearisable.doing import do
from tests.linearisable.ground import Ground
from tests.linearisable.programs import Step, resolved

ROOT = Path(__file__).parents[2]
Programs = Mapping[str, Sequence[Step]]
"""The writer's name → what it sets out to do."""
_LOG = text('SELECT id, why, "by" FROM change_set WHERE id > :base ORDER BY id')
END = b"\n"


def play(on: Engine, ground: Ground, writer: str, steps: Sequence[Step], *, tell: Callable[[Call], object]) -> None:
    """One writer does one step after another; each call is told when it is asked, and once more when it is answered."""
    looks = [ground.base]
    for number, step in enumerate(steps):
        deed = resolved(step, looks=looks, base=ground.base)
        call = asked(f"{writer}:{number}", deed)
        tell(call)
        answered = answer(on, ground, call)
        tell(answered)
        assert answered.answer is not None
        if (newer := answered.answer.version or answered.answer.done) is not None:
            looks.append(newer)


def asked(name: str, deed: Deed) -> Call:
    """A call, as it begins now."""
    return Call(name, deed, time.monotonic_ns())


def answer(on: Engine, ground: Ground, call: Call) -> Call:
    """The call, once it is answered."""
    got = do(on, ground, call.name, call.deed)
    return replace(call, answered=time.monotonic_ns(), answer=got)


class WriterProcess:
    """Writers in a process of its own, which plays what it is given."""

    def __init__(self, url: str) -> None:
        command = [sys.executable, "-m", "tests.linearisable.writer", url]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def set_out(self, ground: Ground, programs: Programs) -> None:
        """Let it begin, each writer in a thread of its own."""
        told = {"ground": orjson.loads(ground.as_line()), "programs": {n: list(s) for n, s in programs.items()}}
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps(told) + b"\n")
        self._process.stdin.flush()

    def calls(self) -> Iterator[Call]:
        """What it tells, until all are done or it was killed."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line == END:
                return
            if line.endswith(b"\n"):
                yield call_of_line(line)

    def kill(self) -> None:
        """End it where it stands."""
        self._process.kill()

    def end(self) -> None:
        """End it, and wait for that."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def writer_processes(url: str, count: int) -> Iterator[list[WriterProcess]]:
    """So many processes."""
    started = [WriterProcess(url) for _ in range(count)]
    try:
        yield started
    finally:
        for process in started:
            process.end()


def history_of(
    on: Engine,
    ground: Ground,
    here: Programs,
    elsewhere: Sequence[tuple[WriterProcess, Programs]] = (),
    *,
    killed_after: float | None = None,
) -> list[Call]:
    """Everybody sets out at once; then, when all is quiet, everything is looked at once more.

    ``killed_after`` is in how many seconds the first of the other processes is killed.
    """
    found: dict[str, Call] = {}

    def tell(call: Call) -> None:
        found[call.name] = call

    def listen(process: WriterProcess) -> None:
        for call in process.calls():
            tell(call)

    with ThreadPoolExecutor(len(here) + len(elsewhere) + 1) as pool:
        for process, programs in elsewhere:
            process.set_out(ground, programs)
        playing = [pool.submit(play, on, ground, writer, steps, tell=tell) for writer, steps in here.items()]
        playing += [pool.submit(listen, process) for process, _ in elsewhere]
        if killed_after is not None:
            time.sleep(killed_after)
            elsewhere[0][0].kill()
        for one in playing:
            one.result()
    wait_for_the_dead(on)
    for number, deed in enumerate(_last_looks(ground)):
        tell(answer(on, ground, asked(f"at last:{number}", deed)))
    return sorted(found.values(), key=lambda call: call.invoked)


def log_of(on: Engine, ground: Ground) -> list[tuple[int, str, str]]:
    """The log since then: the number of each act, its reason, which is the name of the call, and who did it."""
    with on.connect() as connection:
        return [(number, why, by) for number, why, by in connection.execute(_LOG, {"base": ground.base})]


def wait_for_the_dead(on: Engine) -> None:
    """Until the server has noticed that whoever was killed is gone: a commit that was under way is over then."""
    busy = text("""
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state IN ('active', 'idle in transaction')
          AND backend_type = 'client backend'
    """)
    until = time.monotonic() + 20
    with on.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.execute(busy).scalar_one():
            assert time.monotonic() < until, "somebody is still at work"
            time.sleep(0.02)


def _last_looks(ground: Ground) -> list[Deed]:
    places = tuple(range(len(ground.datasets)))
    return [
        *(Deed(Kind.LOOK, (of,)) for of in places),
        Deed(Kind.COMPARE, places),
        Deed(Kind.STANDING, places),
    ]
