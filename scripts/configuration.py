"""The table of settings, made from ``backend/settings.py`` so that it cannot go stale."""

from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from backend.settings import Settings

PAGE = Path(__file__).parents[1] / "docs" / "configuration.md"

_HEAD = """# Configuration

Everything is set by environment variables, read once by `backend/settings.py`. This page is made from it by
`./scripts/configuration_table`; a test sees that it is up to date. Secrets are never logged.

| variable | default | meaning |
| --- | --- | --- |
"""


def page() -> str:
    """The page in Markdown."""
    return _HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    variable = field.validation_alias if isinstance(field.validation_alias, str) else f"RR_{name.upper()}"
    default = "" if field.default in (None, PydanticUndefined) else f"`{field.default}`"
    return f"| `{variable}` | {default} | {field.description} |\n"
