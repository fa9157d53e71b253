"""A test of the browser that is tried a second time starts from nothing that its first try touched."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOOKS = """
    import pytest
    from tests.browser.second_try import end_what_is_shared

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(item):
        if getattr(item, "execution_count", 1) > 1:
            end_what_is_shared(item)
"""
TESTS = """
    import pytest
    pytestmark = pytest.mark.flaky(reruns=1)

    @pytest.fixture(scope="session")
    def server():
        yield []
        print("the server ends")

    @pytest.fixture(scope="module")
    def registry(server):
        server.append("made")
        yield []
        print("a registry ends")

    def test_one_writes(registry, server):
        registry.append("one")
        assert registry == ["one"] and server == ["made", "made"]

    def test_another_finds_what_the_second_try_left(registry):
        assert registry == ["one"]

    def test_the_last_one_writes(registry, server):
        registry.append("last")
        assert registry == ["last"] and server == ["made", "made", "made"]
"""


def test_what_a_file_shares_is_made_anew_and_every_one_is_ended(tmp_path: Path) -> None:
    for name, text in (("conftest.py", HOOKS), ("test_writing.py", TESTS)):
        (tmp_path / name).write_text(text.replace("\n    ", "\n"), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:xdist", "-p", "no:cacheprovider", str(tmp_path)]
    environment = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "3 passed, 2 rerun" in done.stdout, done.stdout
    assert done.stdout.count("a registry ends") == 3
    assert done.stdout.count("the server ends") == 1
