"""The Python environment is made once, brought up to date when it must be, and complains in one sentence."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from scripts import bootstrap
from scripts.bootstrap import SetUpFailed, check_python, ensure_environment, fingerprint

HERE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose requirements ask for nothing, with its environment."""
    root = tmp_path_factory.mktemp("checkout")
    (root / "requirements.txt").write_text("# nothing\n", encoding="utf-8")
    ensure_environment(root, "requirements.txt")
    return root


def when_installed(root: Path) -> int:
    return (root / ".venv" / "pip.log").stat().st_mtime_ns


def test_the_environment_has_a_python_of_its_own(made: Path) -> None:
    python = ensure_environment(made, "requirements.txt")
    prefix = subprocess.run([python, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True)
    assert Path(prefix.stdout.strip()) == made / ".venv"


def test_nothing_is_installed_twice(made: Path) -> None:
    before = when_installed(made)
    ensure_environment(made, "requirements.txt")
    assert when_installed(made) == before


def test_a_changed_file_is_installed_again(made: Path) -> None:
    before = when_installed(made)
    (made / "requirements.txt").write_text("# nothing new\n", encoding="utf-8")
    ensure_environment(made, "requirements.txt")
    assert when_installed(made) > before


def test_two_at_once_do_not_install_over_each_other(made: Path) -> None:
    (made / "requirements.txt").write_text("# nothing, for two\n", encoding="utf-8")
    before = when_installed(made)
    both = [threading.Thread(target=ensure_environment, args=(made, "requirements.txt")) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    after = when_installed(made)
    ensure_environment(made, "requirements.txt")
    assert when_installed(made) == after > before


def test_an_environment_whose_python_is_gone_is_made_again(made: Path, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("", encoding="utf-8")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to("/nowhere/python3")
    shutil.copy(made / ".venv" / "installed.json", tmp_path / ".venv")
    python = ensure_environment(tmp_path, "requirements.txt")
    assert subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def test_a_package_that_cannot_be_had_is_named(made: Path) -> None:
    (made / "bad.txt").write_text("--no-index\nno-such-package==1.0\n", encoding="utf-8")
    with pytest.raises(SetUpFailed, match=r"could not install bad\.txt: .*no-such-package==1\.0.*pip\.log"):
        ensure_environment(made, "bad.txt")
    with pytest.raises(SetUpFailed, match="could not install"):
        ensure_environment(made, "bad.txt")


def test_a_python_without_venv_says_which_package_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements.txt").write_text("", encoding="utf-8")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SetUpFailed, match="apt install python3-venv"):
        ensure_environment(tmp_path, "requirements.txt")
    assert not (tmp_path / ".venv").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements.txt").write_text("", encoding="utf-8")
    if os.geteuid() == 0:  # root may write everywhere but on a read-only disk, which says so through access(2)
        monkeypatch.setattr("os.access", lambda folder, mode: False)
    tmp_path.chmod(0o555)
    with pytest.raises(SetUpFailed, match=f"nothing can be written in {tmp_path}"):
        ensure_environment(tmp_path, "requirements.txt")
    tmp_path.chmod(0o755)


def test_an_old_python_is_told_what_is_needed() -> None:
    with pytest.raises(SetUpFailed, match=r"needs Python 3\.11 or newer, and this is 3\.9\.2"):
        check_python((3, 9, 2))
    check_python((3, 11, 0))
    check_python((4, 0, 0))


def test_a_file_changes_with_the_files_that_it_includes(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("a==1\n", encoding="utf-8")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\nb==1\n", encoding="utf-8")
    before = fingerprint(tmp_path / "requirements-dev.txt")
    (tmp_path / "requirements.txt").write_text("a==2\n", encoding="utf-8")
    assert fingerprint(tmp_path / "requirements-dev.txt") != before


def test_every_requirement_of_the_registry_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (HERE / name).read_text(encoding="utf-8").splitlines():
            assert line.startswith(("#", "-r ")) or "==" in line, f"{name}: {line}"


def test_it_is_standard_library_alone() -> None:
    """Isolated, without the site packages, it can still be imported."""
    code = f"import sys; sys.path.insert(0, {str(HERE / 'scripts')!r}); import bootstrap; print(bootstrap.ROOT)"
    said = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == str(HERE) == str(bootstrap.ROOT)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--pace", "slow"], "--pace is default, max, or a number of runs per second, not slow"),
        (["--dcs", __file__], "--dcs and --golden go together"),
        (["--certified", "--season", "scenario"], "--certified needs a season with a golden JSON"),
        (["--dcs", "/nowhere/dcs.json", "--golden", __file__], "there is no file /nowhere/dcs.json"),
        (["--database"], "--database needs DATABASE_URL to be set"),
        (["--season", "1998"], "invalid choice: '1998'"),
    ],
)
def test_the_demo_refuses_what_cannot_be_before_it_installs_anything(arguments: list[str], complaint: str) -> None:
    environment = {n: v for n, v in os.environ.items() if n != "DATABASE_URL"}
    command = [sys.executable, "-S", str(HERE / "scripts" / "demo"), *arguments]
    said = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert said.returncode == 2
    assert complaint in said.stderr
