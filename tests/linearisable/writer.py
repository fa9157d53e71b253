"""A process of writers: it plays the programs of each line that it reads, a thread for each, and tells every call."""

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import orjson

from backend.db import engine_for
from tests.linearisable.deeds import Call, as_line, deed_of_line
from tests.linearisable.ground import Ground
from tests.linearisable.playing import END, play
from tests.linearisable.programs import Step


def main(url: str) -> None:
    """Until there is no more to read."""
    on, speaking = engine_for(url), Lock()

    def tell(call: Call) -> None:
        with speaking:
            sys.stdout.buffer.write(as_line(call))
            sys.stdout.buffer.flush()

    for line in sys.stdin.buffer:
        told = orjson.loads(line)
        ground = Ground.of_line(orjson.dumps(told["ground"]))
        programs = {
            writer: [Step(deed_of_line(step["deed"]), step["seen"], step["act"]) for step in steps]
            for writer, steps in told["programs"].items()
        }
        with ThreadPoolExecutor(len(programs)) as pool:
            playing = [pool.submit(play, on, ground, writer, steps, tell=tell) for writer, steps in programs.items()]
            for one in playing:
                one.result()
        sys.stdout.buffer.write(END)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
