"""What can be taken away: the rules of the list with their versions as JSON, and the Python that reads the same."""

import json

import streamlit as st

from backend.classify import ClassifierBody
from backend.configuration import body_model
from dashboard.classifiers.listed import Listed
from dashboard.taking_away import Program, registry_program
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
    with st.popover("As Python", key="cl-python"):
        program = classifiers_program(kind)
        st.caption(program.gives)
        st.code(program.text, language="python")


def classifiers_program(kind: ConfigurationKind) -> Program:
    """The program that reads every classifier of the kind, by name."""
    model = body_model(kind)
    imports = ("from backend.configuration import pieces", f"from {model.__module__} import {model.__name__}")
    gives = f"Every classifier of the kind {kind.value}, by name."
    return registry_program(gives, "found", f"pieces(session, {model.__name__})", *imports)


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
