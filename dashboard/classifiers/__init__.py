"""The desk at which rules are written, tried, compared and saved: the parts of the page Classifiers."""
