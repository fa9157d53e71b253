"""The listing of the DQM GUI is read in both dialects, and an entry that cannot be is named."""

import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from backend.errors import InvalidInput, InvalidSettings, SourceNonsense, SourceUnavailable
from backend.ingest.dqm_gui import DqmGui, GuiDataset, open_dqm_gui
from backend.settings import Settings

ZERO_BIAS = "/ZeroBias/Run2018A-PromptReco-v1/DQMIO"
EXPRESS = "/StreamExpress/Run2018A-Express-v1/DQMIO"


def gui(answer: object, *, api: str = "legacy", asked: list[httpx.Request] | None = None) -> DqmGui:
    def serve(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    settings = Settings(dqm_gui_url="http://gui/dqm/offline", dqm_gui_api=api)
    return open_dqm_gui(settings, sleep=lambda seconds: None, network=httpx.MockTransport(serve))


def legacy(*items: object) -> dict[str, object]:
    return {"samples": [{"type": "offline_data", "items": list(items)}]}


def an_item(run: object = "315488", dataset: object = ZERO_BIAS) -> dict[str, object]:
    return {"type": "offline_data", "run": run, "dataset": dataset, "version": "", "importversion": 1}


def test_the_old_listing_is_read(data: Path) -> None:
    asked: list[httpx.Request] = []
    listing = json.loads((data / "dqm_gui/samples_legacy_reconstructed.json").read_text())
    assert gui(listing, asked=asked).datasets() == [
        GuiDataset(271861, "/Cosmics/Run2016B-PromptReco-v1/DQMIO"),
        GuiDataset(355555, "/StreamExpressCosmics/Run2022C-Express-v1/DQMIO"),
        GuiDataset(398185, "/ZeroBias/Run2025G-PromptReco-v1/DQMIO"),
    ]
    assert str(asked[0].url) == "http://gui/dqm/offline/data/json/samples?match="


def test_the_new_listing_is_read(data: Path) -> None:
    asked: list[httpx.Request] = []
    listing = json.loads((data / "dqm_gui/samples_v1_reconstructed.json").read_text())
    assert gui(listing, api="v1", asked=asked).datasets() == [
        GuiDataset(271861, "/Cosmics/Run2016B-PromptReco-v1/DQMIO")
    ]
    assert str(asked[0].url) == "http://gui/dqm/offline/api/v1/samples"


@pytest.mark.parametrize("run", ["315488", "315488:12", "315488:0", 315488])
def test_a_run_may_be_written_with_a_lumisection(run: object) -> None:
    assert gui(legacy(an_item(run))).datasets() == [GuiDataset(315488, ZERO_BIAS)]


def test_every_dataset_comes_once_by_run_and_name() -> None:
    items = (an_item("315489"), an_item("315488:1"), an_item("315488:2"), an_item("315488", EXPRESS))
    assert gui(legacy(*items)).datasets() == [
        GuiDataset(315488, EXPRESS),
        GuiDataset(315488, ZERO_BIAS),
        GuiDataset(315489, ZERO_BIAS),
    ]


@pytest.mark.parametrize("api", ["legacy", "v1"])
def test_only_datasets_that_match_are_given_in_both_dialects(api: str) -> None:
    items = [an_item(), an_item("315488", EXPRESS)]
    listing = legacy(*items) if api == "legacy" else {"data": items}
    assert gui(listing, api=api).datasets("Express-v[0-9]") == [GuiDataset(315488, EXPRESS)]


def test_the_old_gui_is_told_what_to_match() -> None:
    asked: list[httpx.Request] = []
    gui(legacy(), asked=asked).datasets("Run2018.*Express")
    assert dict(asked[0].url.params) == {"match": "Run2018.*Express"}


def test_what_is_no_regular_expression_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"'\*\.' is no regular expression"):
        gui(legacy()).datasets("*.")


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (an_item("express"), "run 'express', which is no run number"),
        (an_item("0"), "run '0', which is no run number"),
        (an_item("315488:"), "run '315488:', which is no run number"),
        (an_item(None), "run None, which is no run number"),
        (an_item(True), "run True, which is no run number"),
        (an_item(-315488), "run -315488, which is no run number"),
        ("315488", "run None, which is no run number: '315488'"),
        (an_item(dataset="ZeroBias"), "dataset 'ZeroBias' of run 315488, which is no /a/b/c"),
        (an_item(dataset="/ZeroBias//DQMIO"), "dataset '/ZeroBias//DQMIO' of run 315488"),
        (an_item(dataset=None), "dataset None of run 315488"),
    ],
)
def test_an_entry_that_cannot_be_is_named(entry: object, sentence: str) -> None:
    with pytest.raises(SourceNonsense, match=f"The DQM GUI lists {sentence}"):
        gui(legacy(an_item(), entry)).datasets()


@pytest.mark.parametrize(
    ("listing", "api", "key"),
    [
        ([], "legacy", "samples"),
        ({"data": []}, "legacy", "samples"),
        ({"samples": {"items": []}}, "legacy", "samples"),
        ({"samples": [{"type": "offline_data"}]}, "legacy", "items"),
        ({"samples": []}, "v1", "data"),
    ],
)
def test_an_answer_that_is_no_listing_is_nonsense(listing: object, api: str, key: str) -> None:
    with pytest.raises(SourceNonsense, match=f"without a list under '{key}'"):
        gui(listing, api=api).datasets()


def test_an_empty_listing_is_believed() -> None:
    assert gui({"samples": []}).datasets() == []
    assert gui({"data": []}, api="v1").datasets() == []


def test_a_gui_that_wants_a_certificate_is_unavailable() -> None:
    with pytest.raises(SourceUnavailable, match="The DQM GUI does not accept who we are: 401"):
        gui(httpx.Response(401)).datasets()


def test_a_certificate_that_is_not_there_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=r"RR_DQM_GUI_CERTIFICATE is .*missing\.pem"):
        open_dqm_gui(Settings(dqm_gui_certificate=tmp_path / "missing.pem"))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_a_certificate_of_ours_is_accepted(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=registry", "-days", "1"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    with open_dqm_gui(Settings(dqm_gui_certificate=certificate, dqm_gui_key=key)) as opened:
        assert isinstance(opened, DqmGui)
