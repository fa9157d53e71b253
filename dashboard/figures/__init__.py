"""Figures: a frame goes in, a plotly figure comes out. Nothing here knows Streamlit."""
