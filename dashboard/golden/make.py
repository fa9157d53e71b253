"""The acts at the top of the page: make a golden JSON, keep one from elsewhere, and the same as Python."""

import json

import streamlit as st

from backend.db import engine
from backend.errors import RegistryError
from backend.golden.making import make
from backend.golden.uploading import keep_upload
from dashboard.components.act_bar import Done, announce
from dashboard.data import reading
from dashboard.golden.asked import Asked
from dashboard.golden.listed import look_at
from dashboard.session import actor

_REFUSED = "gj-refused"


def make_button(asked: Asked) -> None:
    """Make it, in seconds; what is refused is said on the page."""
    is_signed_in = actor().is_verified
    st.button(
        "Make JSON",
        key="gj-make",
        type="primary",
        shortcut="Ctrl+Enter",
        disabled=not (asked.is_ready and is_signed_in),
        help=None if is_signed_in else "Sign in to make one: it is kept under your name.",
        on_click=_make,
        args=(asked,),
    )


def refused_banner() -> None:
    """What was refused, until the next act."""
    if (said := st.session_state.pop(_REFUSED, None)) is not None:
        st.error(said, icon=":material/block:")


def upload_popover() -> None:
    """Keep a file or a pasted text beside one's own."""
    with st.popover("Upload", key="gj-upload"), st.form("gj-upload-form", border=False, clear_on_submit=True):
        file = st.file_uploader("A JSON, a CMSSW string or CSV", key="gj-upload-file")
        pasted = st.text_area("or pasted", key="gj-upload-text", height=80, placeholder='{"315252": [[31, 320]]}')
        label = st.text_input("Label", key="gj-upload-label", max_chars=120)
        if st.form_submit_button("Keep it", type="primary"):
            content = file.getvalue() if file is not None else pasted
            _keep(content, file.name if file is not None else "", label)


def python_popover(asked: Asked) -> None:
    """The call of the client that makes the same."""
    with st.popover("As Python", key="gj-python"):
        if asked.rule is None:
            st.info("There is no rule yet.")
            return
        st.code(_python_call(asked), language="python")


def _python_call(asked: Asked) -> str:
    """The program; the client knows a rule and a pattern of dataset names."""
    assert asked.rule is not None
    rule = json.dumps(asked.rule.as_json(), indent=2)
    return (
        "import json\n\nimport runregistry\n\n"
        f'rule = json.loads(r"""\n{rule}\n""")\n'
        "golden_json = runregistry.create_json(\n"
        "    json_logic=rule,\n"
        f"    dataset_name_filter={asked.pattern!r},\n"
        ")\n"
    )


def _make(asked: Asked) -> None:
    by = {"recipe": asked.recipe} if asked.recipe else {"rule": asked.rule.as_json() if asked.rule else None}
    try:
        id_ = make(engine(), actor(), **by, pattern=asked.pattern, options=asked.options)
    except RegistryError as error:
        st.session_state[_REFUSED] = str(error)
        return
    announce(Done(f"Golden JSON {id_} is made and kept"))
    look_at(id_)


def _keep(content: str | bytes, name: str, label: str) -> None:
    if not content:
        st.error("Choose a file, or paste a text.")
        return
    try:
        with reading() as session:
            id_ = keep_upload(session, actor(), content, came_as=name, label=label)
    except RegistryError as error:
        st.error(str(error))
        return
    announce(Done(f"Golden JSON {id_} is kept"))
    look_at(id_)
    st.rerun()
