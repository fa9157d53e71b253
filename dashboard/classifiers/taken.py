"""What can be taken away: the rules of the list with their versions and authors, as JSON."""

import json

import streamlit as st

from backend.classify import ClassifierBody
from dashboard.classifiers.listed import Listed
from models.vocabulary import ConfigurationKind


def download_popover(kind: ConfigurationKind, listed: Listed) -> None:
    """The button that gives the classifiers of the list as a file."""
    with st.popover("Download", key="cl-download"):
        st.download_button(
            f"{len(listed)} as JSON",
            lambda: as_file(kind, listed),
            file_name=f"classifiers_{kind.value.replace(' ', '_')}.json",
            mime="application/json",
            on_click="ignore",
            key="cl-download-json",
        )


def as_file(kind: ConfigurationKind, listed: Listed) -> bytes:
    """The classifiers as JSON: name, version, whether in play, and the body."""
    said = [
        {
            "kind": kind.value,
            "name": name,
            "version": p.version,
            "is_enabled": p.is_enabled,
            "body": p.body.model_dump(mode="json"),
        }
        for name, p in listed
        if isinstance(p.body, ClassifierBody)
    ]
    return json.dumps(said, ensure_ascii=False, indent=1).encode()
