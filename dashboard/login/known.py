"""Who signed in, with which e-groups: kept for the tokens of that person, once for each login."""

from datetime import UTC, datetime

import streamlit as st

from backend.db import engine, transaction
from backend.identity.personal import remember_person
from dashboard.login.who import Who

_KEPT = "kept-as-known"


def keep_known(found: Who) -> None:
    """Keep the e-groups of the login; those of the demo and of a proxy are of the moment when the visit began."""
    if not found.person.is_verified or found.refusal:
        return
    login = (found.person, found.login.issued_at if found.login is not None else None)
    if st.session_state.get(_KEPT) == login:
        return
    with transaction(engine()) as session:
        remember_person(session, found.person, seen_at=login[1] or datetime.now(UTC))
    st.session_state[_KEPT] = login
