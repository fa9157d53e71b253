"""Two scripts that look after safety: the audit of dependencies, and the e-groups beside those of the provider."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from backend.access import DEFAULT_RIGHTS
from scripts.audited import FOUND, NOT_ASKED, NOTHING_KNOWN, judged
from scripts.roles import compared, names_in

SCRIPTS = Path(__file__).parents[2] / "scripts"


def _audit(*dependencies: object) -> tuple[int, list[str]]:
    return judged(json.dumps({"dependencies": dependencies, "fixes": []}), "")


def test_an_audit_tells_what_is_known_and_what_was_not_asked() -> None:
    fine = {"name": "polars", "version": "2.1.0", "vulns": []}
    bad = {"name": "x", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"], "description": ""}]}
    own = {"name": "run-registry", "skip_reason": "not on PyPI"}
    assert _audit(fine) == (NOTHING_KNOWN, ["Nothing is known against 1 packages."])
    assert _audit(fine, bad, own) == (FOUND, ["x 1: PYSEC-1, mended in 2", "Not asked of: run-registry."])


def test_an_audit_that_could_not_ask_is_no_clean_one() -> None:
    code, (sentence,) = judged("", "Traceback …\nrequests.ConnectionError: nobody answers\n")
    assert code == NOT_ASKED
    assert "nobody knows: requests.ConnectionError" in sentence
    assert judged("[]", "")[0] == NOT_ASKED
    code, (sentence,) = _audit({"name": "polars", "skip_reason": "Dependency not found on PyPI"})
    assert code == NOT_ASKED
    assert "knows none of 1 packages" in sentence


@pytest.mark.parametrize(
    "text",
    ['["a", "b"]', '{"data": [{"name": "a", "id": "1"}, {"id": "b"}]}', "# e-groups\na\n\n b \n"],
)
def test_the_list_of_the_provider_may_be_json_or_lines(text: str) -> None:
    assert names_in(text) == {"a", "b"}


def test_a_list_that_names_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="names nothing"):
        names_in("[]")


def test_what_the_provider_lacks_and_what_nobody_needs_are_listed() -> None:
    unused, close = "cms-dqm-runregistry-offline-old-certifiers", "cms-dqm-runregistry-admins-castor"
    lines, is_complete = compared(
        {"cms-dqm-oncall": 3, "cms-dqm-runregistry-admins-Castor": 1}, frozenset({"cms-dqm-oncall", unused, close, "z"})
    )
    assert not is_complete
    assert lines == [
        f"lacks   cms-dqm-runregistry-admins-Castor (it has {close}: e-groups are matched letter by letter)",
        f"unused  {close}",
        f"unused  {unused}",
        "has     cms-dqm-oncall",
    ]


def test_the_script_compares_the_defaults_with_a_file(tmp_path: Path) -> None:
    list_ = tmp_path / "roles.txt"
    list_.write_text("\n".join(sorted(DEFAULT_RIGHTS)[1:]))
    command = [sys.executable, str(SCRIPTS / "sso_roles"), "--defaults", str(list_)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert f"lacks   {min(DEFAULT_RIGHTS)}\n" in done.stdout
