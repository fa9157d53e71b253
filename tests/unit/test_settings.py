"""The environment: what cannot be is named with its value, but never the value of a secret."""

import pytest

from backend.errors import InvalidSettings
from backend.settings import Settings, settings


def test_a_value_that_cannot_be_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RR_ENVIRONMENT", "moon")
    with pytest.raises(InvalidSettings, match=r"The setting \w*ENVIRONMENT cannot be 'moon'"):
        settings.__wrapped__()


@pytest.mark.parametrize("name", ["oms_client_secret", "DATABASE_URL"])
def test_a_secret_that_cannot_be_is_not(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def refuse() -> Settings:
        return Settings.model_validate({name: ["hunter2"]})

    monkeypatch.setattr("backend.settings.Settings", _Refusing(refuse))
    with pytest.raises(InvalidSettings, match=f"{name.upper()} cannot be so: ") as told:
        settings.__wrapped__()
    assert "hunter2" not in f"{told.value} {told.value.__cause__}"


class _Refusing:
    """The settings, of an environment that is wrong."""

    model_fields = Settings.model_fields

    def __init__(self, refuse: object) -> None:
        self.refuse = refuse

    def __call__(self) -> Settings:
        return self.refuse()  # type: ignore[operator,no-any-return]
