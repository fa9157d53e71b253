"""The parts of the Overview: what waits, what the backend does, the last runs, how far everybody is, what was lost."""
