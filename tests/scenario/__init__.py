"""The recorded scenario: replayed into a registry, and held against what the original held at the same points."""
