"""What an audit of the dependencies says, in sentences and as the code that ``./scripts/audit`` returns."""

import json

NOTHING_KNOWN, FOUND, NOT_ASKED = 0, 1, 2


def judged(output: str, errors: str) -> tuple[int, list[str]]:
    """The code and the sentences, from what pip-audit wrote as JSON and what it complained of."""
    try:
        dependencies = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        why = next((line.strip() for line in reversed(errors.splitlines()) if line.strip()), "it said nothing")
        return NOT_ASKED, [f"The advisory service could not be asked, so nobody knows: {why[:300]}"]
    skipped = [one["name"] for one in dependencies if "skip_reason" in one]
    if len(skipped) == len(dependencies):
        why = dependencies[0]["skip_reason"] if dependencies else "nothing is installed"
        return NOT_ASKED, [f"The advisory service knows none of {len(skipped)} packages, so nobody knows: {why[:200]}"]
    found = [
        f"{one['name']} {one['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or 'none yet'}"
        for one in dependencies
        for known in one.get("vulns", ())
    ]
    said = [f"Not asked of: {', '.join(skipped)}."] if skipped else []
    if found:
        return FOUND, [*found, *said]
    return NOTHING_KNOWN, [f"Nothing is known against {len(dependencies) - len(skipped)} packages.", *said]
