"""Home: where one arrives without naming a page; what the address asks for besides is kept."""

import streamlit as st

st.switch_page("views/online.py", query_params=dict(st.query_params))
