"""The way into the Python environment of the registry: made on first use, brought up to date when it must be.

Standard library alone, because it runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
OLDEST_PYTHON = (3, 11)
SECONDS_BETWEEN_LINES = 5.0


class SetUpFailed(Exception):
    """The environment cannot be made; one sentence says why and what to do."""


def enter(*requirements: str) -> None:
    """Go on inside the checkout's ``.venv`` with these requirements files installed, as the same process.

    After it, the checkout is on the path and everything that the files name can be imported.
    """
    try:
        check_python(sys.version_info[:3])
        python = ensure_environment(ROOT, *requirements)
    except SetUpFailed as error:
        sys.exit(f"{Path(sys.argv[0]).name}: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    if Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
        sys.stdout.flush()
        os.execv(python, [str(python), *sys.argv])
    sys.path[0] = str(ROOT)


def check_python(version: tuple[int, ...]) -> None:
    """Refuse a Python that is too old."""
    if tuple(version[:2]) < OLDEST_PYTHON:
        oldest, found = (".".join(map(str, v)) for v in (OLDEST_PYTHON, version))
        raise SetUpFailed(
            f"the Run Registry needs Python {oldest} or newer, and this is {found}: "
            f"run it with a newer one, as in python{oldest} {sys.argv[0]}"
        )


def ensure_environment(root: Path, *requirements: str) -> Path:
    """The Python of ``root/.venv``, with every requirements file installed as it is now.

    What was installed is remembered in ``.venv``, so that a second call costs nothing. Two commands started at once
    wait for each other.
    """
    python = root / ".venv" / "bin" / "python"
    wanted = {name: fingerprint(root / name) for name in requirements}
    with _alone(root):
        if not _runs(python):
            _make(root)
        elif wanted.items() <= _remembered(root).items():
            return python
        _refuse_read_only(root / ".venv")
        _install(root, python, requirements)
        _remember(root, wanted)
    return python


def fingerprint(file: Path) -> str:
    """What a requirements file says, the files that it includes with ``-r`` too."""
    text = file.read_text(encoding="utf-8")
    included = [line.split()[1] for line in text.splitlines() if line.startswith("-r ")]
    whole = text + "".join(fingerprint(file.parent / name) for name in included)
    return hashlib.sha256(whole.encode()).hexdigest()


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One command at a time; the lock is on the folder itself, so it leaves no file."""
    folder = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _runs(python: Path) -> bool:
    """Whether there is an environment, and the Python that it was made with is still there."""
    try:
        return subprocess.run([str(python), "-c", "import pip"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make(root: Path) -> None:
    _refuse_read_only(root)
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        raise SetUpFailed("this Python cannot make environments: apt install python3-venv, then run it again")
    print(f"Making the Python environment {root / '.venv'} …", flush=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(root / ".venv")], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        shutil.rmtree(root / ".venv", ignore_errors=True)
        said = (made.stdout + made.stderr).strip().splitlines() or [f"exit code {made.returncode}"]
        raise SetUpFailed(f"{sys.executable} -m venv failed: {said[-1]}")


def _refuse_read_only(folder: Path) -> None:
    if not os.access(folder, os.W_OK):
        raise SetUpFailed(f"nothing can be written in {folder}: copy the checkout where you may write")


def _install(root: Path, python: Path, requirements: tuple[str, ...]) -> None:
    files = " and ".join(requirements)
    print(f"Installing what {files} name{'s' if len(requirements) == 1 else ''} …", flush=True)
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    for name in requirements:
        command += ["-r", str(root / name)]
    log = root / ".venv" / "pip.log"
    begun = shown = time.monotonic()
    complaint = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout
        with log.open("w", encoding="utf-8") as kept:
            for line in pip.stdout:
                kept.write(line)
                if line.startswith(("Collecting", "Building", "Installing")):
                    shown = _show_progress(line.split(" (from")[0].strip(), shown)
                elif line.startswith("ERROR:"):
                    complaint = line.removeprefix("ERROR:").strip()
    if sys.stdout.isatty():
        print("\r\x1b[2K", end="")
    if pip.returncode != 0:
        raise SetUpFailed(f"pip could not install {files}: {complaint or 'see the log'} (all it said: {log})")
    print(f"Installed in {time.monotonic() - begun:.0f} s.", flush=True)


def _show_progress(line: str, last: float) -> float:
    """One line that changes in a terminal, one now and then elsewhere; when a line was last shown."""
    now = time.monotonic()
    width = shutil.get_terminal_size().columns - 3
    if sys.stdout.isatty():
        print(f"\r\x1b[2K  {line[:width]}", end="", flush=True)
    elif now - last > SECONDS_BETWEEN_LINES:
        print(f"  {line[:width]}", flush=True)
    else:
        return last
    return now


def _remembered(root: Path) -> dict[str, str]:
    try:
        return dict(json.loads((root / ".venv" / "installed.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _remember(root: Path, wanted: dict[str, str]) -> None:
    text = json.dumps(_remembered(root) | wanted, indent=1)
    (root / ".venv" / "installed.json").write_text(text, encoding="utf-8")
