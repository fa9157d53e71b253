"""Secrets in files: ``RR_OMS_CLIENT_SECRET_FILE`` names a file with what ``RR_OMS_CLIENT_SECRET`` would hold."""

import os
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

from backend.errors import InvalidSettings

MOST_BYTES = 65_536
"""No secret is longer; a larger file is another one."""


def is_secret(field: FieldInfo) -> bool:
    """Whether nobody may read the value of a setting: it is never shown, not even by ``repr``."""
    return not field.repr or SecretStr in (field.annotation, *get_args(field.annotation))


def variable(name: str, field: FieldInfo) -> str:
    """The environment variable of a setting."""
    return field.validation_alias if isinstance(field.validation_alias, str) else f"RR_{name.upper()}"


class SecretFiles(PydanticBaseSettingsSource):
    """The secret settings of which the environment says the file, as mounted by Kubernetes, Docker or systemd."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """What the file holds, if one is named."""
        name = variable(field_name, field)
        key = field.validation_alias if isinstance(field.validation_alias, str) else field_name
        file = os.environ.get(f"{name}_FILE")
        return (_read(name, file) if file and is_secret(field) else None), key, False

    def __call__(self) -> dict[str, Any]:
        """Every setting that is in a file.

        Raises
        ------
        InvalidSettings
            If a file cannot be read, holds no text or more than one line; or if the variable itself is set too.
        """
        told = (self.get_field_value(field, name) for name, field in self.settings_cls.model_fields.items())
        return {key: value for value, key, _ in told if value is not None}


def _read(name: str, file: str) -> str:
    if os.environ.get(name):
        raise InvalidSettings(f"Both {name} and {name}_FILE are set: take one of them away.")
    try:
        with Path(file).open("rb") as opened:
            text = opened.read(MOST_BYTES + 1).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise InvalidSettings(f"The file {file!r} of {name}_FILE cannot be read: {why}.") from error
    if not text or "\n" in text or len(text) > MOST_BYTES:
        raise InvalidSettings(f"The file {file!r} of {name}_FILE holds no secret: it takes one line of text.")
    return text
