"""The table of settings, made from ``backend/settings.py`` so that it cannot go stale."""

from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from backend.secret_files import is_secret, variable
from backend.settings import Settings

PAGE = Path(__file__).parents[1] / "docs" / "configuration.md"

_HEAD = """# Configuration

Everything is set by environment variables, read once by `backend/settings.py`. This page is made from it by
`./scripts/configuration_table`; a test sees that it is up to date.

Secrets are never shown or logged. Those marked *secret* may be in a file instead, of one line, that the same variable
with `_FILE` behind it names: `RR_OMS_CLIENT_SECRET_FILE=/run/secrets/oms`.

| variable | default | meaning |
| --- | --- | --- |
"""


def page() -> str:
    """The page in Markdown."""
    return _HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    default = "" if field.default in (None, "", PydanticUndefined) else f"`{field.default}`"
    secret = ", *secret*" if is_secret(field) else ""
    return f"| `{variable(name, field)}` | {default} | {field.description}{secret} |\n"
