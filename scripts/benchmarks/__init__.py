"""What the registry costs: each measure takes a fresh registry and gives medians in milliseconds."""
