"""The view: pages, components and figures. The only package that knows Streamlit; it holds no SQL and no rule."""
