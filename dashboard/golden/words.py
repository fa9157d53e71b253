"""Figures of golden JSONs in words: luminosity with the unit that suits it, shares, times."""

from datetime import datetime

PB_PER_FB = 1_000
_SMALL = 100


def luminosity(per_pb: float | None) -> tuple[str, str]:
    """A luminosity and its unit: in /fb from 100 /pb on; a dash where it is not known.

    >>> luminosity(59_684.1)
    ('59.68', '/fb')
    >>> luminosity(12.345)
    ('12.35', '/pb')
    """
    if per_pb is None:
        return "–", "/fb"
    return (f"{per_pb / PB_PER_FB:,.2f}", "/fb") if per_pb >= _SMALL else (f"{per_pb:,.2f}", "/pb")


def luminosity_words(per_pb: float | None) -> str:
    """The same as one phrase: ``59.68 /fb``."""
    return " ".join(luminosity(per_pb))


def share(part: float | None) -> str:
    """``93.7 %``; a dash where there is nothing to divide by."""
    return "–" if part is None else f"{100 * part:.1f} %"


def moment(at: datetime) -> str:
    """``24 Oct 2018 09:36`` in UTC."""
    return f"{at:%d %b %Y %H:%M}"
