"""The parts of the Offline page: what stands in its grid, what may be done to the ticked datasets, and its previews."""
