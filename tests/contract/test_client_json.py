"""The client from PyPI, ``runregistry`` in local mode, makes a golden JSON in this registry."""

from collections.abc import Iterator
from types import ModuleType

import pytest
from sqlalchemy import Engine

from backend.settings import Settings
from tests.contract.conftest import official_client, served
from tests.golden_kept import PROMPT, STRIP_GOOD, a_registry


@pytest.fixture
def client(engine: Engine) -> Iterator[ModuleType]:
    """The client, set up as its users do, but for the port; the API acts as the demo's DC expert."""
    a_registry(engine)
    with served(engine, Settings(auth="demo")) as url, official_client(url) as client:
        yield client


def test_a_golden_json_is_made_as_the_manual_says(client: ModuleType) -> None:
    made = client.create_json(json_logic=STRIP_GOOD, dataset_name_filter=PROMPT)
    assert made["generated_json"] == {"1": [[1, 12]], "2": [[1, 12]]}
    assert made["json_logic"] == STRIP_GOOD


def test_what_cannot_be_made_has_no_id(client: ModuleType) -> None:
    with pytest.raises(KeyError):
        client.create_json(json_logic=STRIP_GOOD, dataset_name_filter="/Nothing/%")
