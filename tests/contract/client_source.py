"""The source of the client from PyPI, which holds its own tests: fetched by pip, kept beside the packages."""

import hashlib
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path

NAME = "runregistry"
SHA256 = {"3.1.2": "c29c3cea8d5492b48f5e7488263fe185030a2a9c6d13123fbfe852bed083d397"}
"""Version → what its source distribution hashes to."""

_KEPT = Path(sys.prefix) / "sources"


def client_tests(folder: Path) -> Path:
    """The tests of the installed version of the client, unpacked into a folder; gives where they are.

    pip fetches the source distribution at the first use; it stays in the Python environment.
    """
    installed = version(NAME)
    archive = _KEPT / f"{NAME}-{installed}.tar.gz"
    if not archive.exists():
        _fetch(installed)
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == SHA256[installed], f"{archive} is not what it was"
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return folder / f"{NAME}-{installed}" / "tests"


def _fetch(installed: str) -> None:
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    only_source = ["--no-deps", "--no-binary", ":all:", f"{NAME}=={installed}"]
    done = subprocess.run([*download, "--dest", str(_KEPT), *only_source], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"pip could not fetch the source of {NAME} {installed}: {done.stderr.strip()[-500:]}"
