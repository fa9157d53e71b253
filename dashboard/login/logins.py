"""The logins that this web process has seen: who logged out, and who logged in again in the same browser.

A tab knows for good only the login with which it was opened. That the person has logged out since, or in again, is
known here, so that a logout in one tab ends what all the others may do, and a new login lets them go on with what was
typed. It is forgotten when the process ends; so are the tabs, whose cookies then say the same. Logouts are kept in the
database besides (``backend/identity/logout.py``), so that every other process refuses what they ended.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from threading import Lock

from backend.identity import Login

_MOST_KEPT = 10_000


@dataclass(slots=True)
class Logins:
    """Browser and user id → the newest login there; user id → when who logged out, and which logins that ended."""

    _newest: dict[tuple[str, str], Login] = field(default_factory=dict)
    _ended: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def newest(self, browser: str, login: Login) -> Login:
        """The newest login of that person in that browser: this one, or one made since.

        Without a browser there is no other.
        """
        if not browser:
            return login
        with self._lock:
            known = self._newest.pop((browser, login.user_id), login)
            self._newest[browser, login.user_id] = chosen = max(known, login, key=lambda one: one.issued_at)
            while len(self._newest) > _MOST_KEPT:
                del self._newest[next(iter(self._newest))]
            return chosen

    def end(self, login: Login, *, now: datetime) -> datetime:
        """The person logs out: every login of theirs up to now is over, in this browser and elsewhere.

        Gives when the newest of them was made. Compared are the provider's times alone, as its clock may be ahead
        of ours.
        """
        with self._lock:
            theirs = [one.issued_at for one in (*self._newest.values(), login) if one.user_id == login.user_id]
            self._ended.pop(login.user_id, None)
            self._ended[login.user_id] = (now, max(theirs))
            while len(self._ended) > _MOST_KEPT:
                del self._ended[next(iter(self._ended))]
            return max(theirs)

    def ended_at(self, login: Login) -> datetime | None:
        """When the person ended this login by logging out; none if they did not."""
        with self._lock:
            at, newest = self._ended.get(login.user_id, (None, datetime.min.replace(tzinfo=UTC)))
            return at if login.issued_at <= newest else None


@cache
def logins() -> Logins:
    """Those of this process."""
    return Logins()
