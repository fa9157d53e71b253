"""What the first page does not need is imported afterwards: the HTTP API and the other pages."""

import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dashboard.later import Later, import_for
from tests.coroutines import run

ROOT = Path(__file__).parents[2]
PROGRAM = "from starlette.responses import PlainTextResponse\napp = PlainTextResponse('here it is')\n"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path / f"program_{tmp_path.name.replace('-', '_')}.py"


def test_it_is_imported_when_it_is_first_asked_and_only_then(module: Path) -> None:
    later = Later(module.stem)
    module.write_text(PROGRAM, encoding="utf-8")
    assert module.stem not in sys.modules

    client = TestClient(later)
    assert [client.get("/").text for _ in range(2)] == ["here it is"] * 2
    assert later.load() is sys.modules[module.stem].app


def test_an_import_that_fails_is_told_and_tried_again(module: Path) -> None:
    later = Later(module.stem)
    module.write_text("raise RuntimeError('not today')\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match="not today"):
        run(later({}, None, None))

    module.write_text(PROGRAM + "# another length, so that nobody takes it for the old one\n", encoding="utf-8")
    assert TestClient(later).get("/").text == "here it is"


def test_what_the_script_of_a_page_imports_is_imported_without_running_it(module: Path) -> None:
    script = module.with_name("page.py")
    script.write_text(f"from {module.stem} import app\nraise RuntimeError('it ran')\n", encoding="utf-8")
    module.write_text(PROGRAM, encoding="utf-8")
    import_for([script])
    assert module.stem in sys.modules


def test_the_web_process_starts_without_the_api_and_without_pandas() -> None:
    asked = (
        "import sys, dashboard.app; print(*sorted({'backend.api', 'fastapi', 'pandas', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
