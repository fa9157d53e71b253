"""One line of the table of faults."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.load.acts_kept import Kept

HEAD = (
    "| fault | what people see | well again after | lost or doubled acts |\n"
    "| --- | --- | ---: | --- |"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a fault: the sentences of page and API, the seconds until all was well, and what the log holds."""

    fault: str
    page: tuple[str, ...] = ()
    api: tuple[str, ...] = ()
    seconds: float = 0.0
    kept: Kept | None = None
    skipped: str = ""
    note: str = ""
    wrong: tuple[str, ...] = ()
    """What must not be: a trace, a blank page, an answer that is no sentence."""

    @property
    def is_well(self) -> bool:
        """Whether it went as it must; what was skipped did not go wrong."""
        return bool(self.skipped) or (self.kept is not None and self.kept.is_whole and not self.wrong)

    def __str__(self) -> str:
        """The line in Markdown."""
        if self.skipped:
            return f"| {self.fault} | skipped: {self.skipped} | | |"
        page = "; ".join(self.page) or "nothing: it goes on"
        api = "; ".join(self.api) or "nothing: it goes on"
        told = f"page: {page}<br>API: {api}" + "".join(f"<br>**{wrong}**" for wrong in self.wrong)
        fault = f"{self.fault}<br>{self.note}" if self.note else self.fault
        return f"| {fault} | {told} | {self.seconds:.1f} s | {self.kept} |".replace("\n", " ")
