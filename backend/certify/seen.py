"""Did the person see what he or she is about to change? Asked of the person's own words alone.

An act may carry words of rules beside the person's: that rules spoke meanwhile is no conflict.
"""

from sqlmodel import Session

from backend.record import Act
from backend.record.conflicts import refuse_conflicts
from backend.record.reach import reach_of


def refuse_unseen(session: Session, act: Act, *, seen: int | None) -> None:
    """See that nobody changed after ``seen`` what the act is to change; none means that it is not checked.

    What the act reaches is locked until the transaction ends.

    Raises
    ------
    Conflict
        With who changed what, and when.
    """
    if seen is not None:
        refuse_conflicts(session, act, reach=reach_of(session, act), seen=seen)
