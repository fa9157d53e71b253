"""The Golden JSON page: make one, see what it holds and lost, compare it, ask why not."""
