"""What stands in deploy/ fits the program: its commands, its settings, its probes; nothing has rights it needs not."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from backend.api import app
from backend.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))


def procfile() -> dict[str, list[str]]:
    """The command of each process, without what stands before it and without ports and addresses."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    return {name: bare(command.split()) for name, _, command in (line.partition(": ") for line in lines)}


def bare(words: list[str]) -> list[str]:
    """A command without variables before it and from its first option on, but for ``-m``."""
    words = [word for word in words if "=" not in word]
    first = next((n for n, word in enumerate(words) if word.startswith("--")), len(words))
    return words[:first]


def resources() -> Iterator[dict[str, Any]]:
    """Every resource of the manifests."""
    for path in MANIFESTS:
        yield from filter(None, yaml.safe_load_all(path.read_text(encoding="utf-8")))


def pods() -> Iterator[dict[str, Any]]:
    """The pod of every resource that makes one."""
    for resource in resources():
        spec = resource.get("spec", {})
        spec = spec.get("jobTemplate", {"spec": spec})["spec"]
        if "template" in spec:
            yield spec["template"]["spec"]


def services() -> dict[str, dict[str, Any]]:
    """The services of compose."""
    found: dict[str, dict[str, Any]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return found


def image_command() -> list[str]:
    """What the image runs when it is told nothing."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
    found: list[str] = yaml.safe_load(text.rpartition("\nCMD ")[2])
    return found


def test_every_command_is_one_of_the_procfile() -> None:
    known = procfile()
    in_compose = {name: bare(service.get("command") or image_command()) for name, service in services().items()}
    assert {name: in_compose[name] for name in known} == known
    in_pods = [bare(c.get("command") or image_command()) for pod in pods() for c in pod["containers"]]
    assert sorted(in_pods) == sorted(
        [known["release"], known["web"], known["worker"], ["./scripts/backup", "/backups"]]
    )


def test_every_variable_is_a_setting() -> None:
    known = {"DATABASE_URL"} | {f"RR_{name.upper()}" for name in Settings.model_fields}
    files = [path for path in DEPLOY.rglob("*") if path.is_file()]
    named = {
        word
        for path in files
        for word in re.findall(r"\b(?:RR_[A-Z_]+|DATABASE_URL)\b", path.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= known


def test_every_probe_asks_something_that_answers() -> None:
    known = {"/_stcore/health"} | {f"/api{path}" for path in app.openapi()["paths"]}
    probes = [probe for pod in pods() for c in pod["containers"] for name, probe in c.items() if name.endswith("Probe")]
    assert len(probes) == 3
    assert {probe["httpGet"]["path"] for probe in probes} <= known


def test_no_container_has_more_rights_than_it_needs() -> None:
    for pod in pods():
        assert pod["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            }
            assert "memory" in container["resources"]["limits"]


def test_compose_gives_no_process_of_ours_more_rights_than_it_needs() -> None:
    ours = [service for service in services().values() if service["image"] == "run-registry"]
    assert len(ours) == 4
    for service in ours:
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_web_pods_are_sticky_and_the_image_is_nobody_in_particular() -> None:
    kinds = {(resource["kind"], resource["metadata"].get("name")): resource for resource in resources()}
    assert kinds["Service", "registry-web"]["spec"]["sessionAffinity"] == "ClientIP"
    assert "router.openshift.io/cookie_name" in kinds["Route", "registry"]["metadata"]["annotations"]
    assert re.search(r"^USER 10001:0$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)


def test_what_is_to_be_secret_is_in_the_secret() -> None:
    kinds = {resource["kind"]: resource for resource in resources()}
    secrets = {name for name in kinds["ConfigMap"]["data"] if re.search("SECRET|PASSWORD|DATABASE_URL|KEY$", name)}
    assert secrets == set()
    assert set(kinds["Secret"]["stringData"]) >= {"DATABASE_URL"}


def test_what_github_runs_is_the_continuous_integration() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yaml").read_text(encoding="utf-8"))["jobs"]
    assert {"run": "./.ci/run"} in jobs["test"]["steps"]
    assert jobs["image"]["needs"] == "test"
