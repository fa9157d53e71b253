"""The registry under load: its processes, the people and scripts that use it, and what goes wrong meanwhile."""
