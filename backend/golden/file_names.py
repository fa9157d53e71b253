"""What a golden JSON's file is called in the field, and the files that stand beside it.

The conventions are those by which existing programs find the files: of Run 3 ``Cert_Collisions2024_378981_386951_
Golden.json`` and ``Collisions24_13p6TeV_378981_386951_DCSOnly_TkPx.json``, of Run 2
``Cert_314472-325175_13TeV_PromptReco_Collisions18_JSON.txt``, ``…_JSON_MuonPhys.txt`` and ``json_DCSONLY_2018.txt``.
"""

import re
from dataclasses import dataclass

from backend.errors import InvalidInput

LAST_YEAR_OF_RUN_2 = 2018
LONGEST = 140
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._+-]{{0,{LONGEST - 6}}}\.(json|txt)")
_YEAR = re.compile(r"(?<!\d)20[12]\d(?!\d)")
_ENDINGS = {
    "golden": ("Golden", "JSON"),
    "muon": ("Muon", "JSON_MuonPhys"),
    "calo-free": ("CaloFree", "JSON_CaloFree"),
    "tracker-only": ("TrackerOnly", "JSON_TrackerOnly"),
}
"""Kind → how the file of Run 3 ends, and that of Run 2."""


@dataclass(frozen=True, slots=True)
class Certified:
    """What a file name tells: which collisions, between which runs, certified how.

    ``kind`` is ``golden``, ``muon``, ``dcs-only`` or another word; ``reconstruction`` as in the datasets' names,
    ``PromptReco``; ``energy_gev`` that of a beam.
    """

    first_run: int
    last_run: int
    year: int | None
    kind: str
    reconstruction: str = ""
    energy_gev: float | None = None


def field_file_name(of: Certified) -> str:
    """The name by the field's convention.

    >>> field_file_name(Certified(378981, 386951, 2024, "golden"))
    'Cert_Collisions2024_378981_386951_Golden.json'
    >>> field_file_name(Certified(314472, 325175, 2018, "golden", "PromptReco", 6500.0))
    'Cert_314472-325175_13TeV_PromptReco_Collisions18_JSON.txt'
    >>> field_file_name(Certified(378981, 386951, 2024, "dcs-only", "Express", 6800.0))
    'Collisions24_13p6TeV_378981_386951_DCSOnly_TkPx.json'
    """
    is_run_2 = of.year is not None and of.year <= LAST_YEAR_OF_RUN_2
    if of.kind == "dcs-only" and is_run_2:
        return f"json_DCSONLY_{of.year}.txt"
    if of.kind == "dcs-only":
        short = "" if of.year is None else f"{of.year % 100:02}"
        return _joined(f"Collisions{short}", _energy(of), f"{of.first_run}_{of.last_run}", "DCSOnly_TkPx") + ".json"
    word = "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]+", of.kind))
    ending, ending_of_run_2 = _ENDINGS.get(of.kind, (word, f"JSON_{word}"))
    if is_run_2 and of.year is not None:
        runs, collisions = f"{of.first_run}-{of.last_run}", f"Collisions{of.year % 100:02}"
        return _joined("Cert", runs, _energy(of), of.reconstruction, collisions, ending_of_run_2) + ".txt"
    return _joined("Cert", f"Collisions{of.year or ''}", f"{of.first_run}_{of.last_run}", ending) + ".json"


def checked_file_name(name: str) -> str:
    """The name, if a file may be called so: letters, digits and ``._+-``, ending in ``.json`` or ``.txt``.

    Raises
    ------
    InvalidInput
        If not.
    """
    kept = name.strip()
    if not _NAME.fullmatch(kept) or kept.endswith(MANIFEST):
        raise InvalidInput(
            f"A file cannot be called {kept!r:.160}: letters, digits and ._+- up to {LONGEST}, then .json or .txt."
        )
    return kept


MANIFEST = ".manifest.json"


def stem(file_name: str) -> str:
    """The name without its ending, to which those of the files beside it are added."""
    return file_name.rsplit(".", 1)[0]


def year_in(words: str) -> int | None:
    """The year of collisions that a pattern, a recipe's or an upload's name tells; none, if it tells none or several.

    >>> year_in("/PromptReco/Collisions2018%/DQM"), year_in("Cert_314472-325175_13TeV_Collisions18_JSON.txt")
    (2018, 2018)
    """
    spelt = re.findall(r"(?:Collisions|Commissioning|HI|\b)(20[12]\d)(?!\d)", words)
    found = {int(year) for year in spelt} or {
        2000 + int(year) for year in re.findall(r"Collisions([12]\d)(?!\d)", words)
    }
    return found.pop() if len(found) == 1 else None


def kind_in(words: str) -> str:
    """The kind that a recipe's or file's name tells: its words without the year.

    >>> kind_in("golden 2018"), kind_in("DCS only 2022"), kind_in("")
    ('golden', 'dcs-only', 'golden')
    """
    told = "-".join(re.findall(r"[a-z0-9]+", _YEAR.sub("", words).lower()))
    return told[:40].strip("-") or "golden"


def _energy(of: Certified) -> str:
    """Of both beams together, as in file names: 13TeV, 13p6TeV."""
    return "" if of.energy_gev is None else f"{2 * of.energy_gev / 1000:g}TeV".replace(".", "p")


def _joined(*parts: str) -> str:
    return "_".join(part for part in parts if part)
