"""What a person may say of a component: the statuses there are, with a reason where others need one."""

from collections.abc import Iterable

from sqlmodel import Session

from backend.certify.said import text_or_none
from backend.configuration import causes
from backend.errors import InvalidInput
from models.vocabulary import SAYABLE, Status

SHORTEST_COMMENT = 3
"""So many characters at least tell others why something is BAD."""


def refuse_unsayable(status: Status, comment: str | None) -> None:
    """Refuse with :class:`InvalidInput` a status that only rules say, and BAD without a comment."""
    if status not in SAYABLE:
        raise InvalidInput(f"Nobody can say {status.word}; there are {', '.join(known.word for known in SAYABLE)}.")
    told = text_or_none(comment, what="comment")
    if status is Status.BAD and len(told or "") < SHORTEST_COMMENT:
        raise InvalidInput(f"BAD needs a comment of {SHORTEST_COMMENT} characters or more, not {told or ''!r}.")


def refuse_unknown_cause(session: Session, cause: str | None, workspaces: Iterable[str]) -> None:
    """Refuse with :class:`InvalidInput` a cause that one of the workspaces does not offer; no cause is always right."""
    word = text_or_none(cause, what="cause")
    for workspace in dict.fromkeys(workspaces) if word else ():
        offered = [known.word for known in causes(session, workspace)]
        if word not in offered:
            raise InvalidInput(f"{workspace} offers no cause {word!r:.60}; it offers {', '.join(offered) or 'none'}.")
