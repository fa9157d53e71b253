"""The parts of Explore: what is asked, the figure, the runs selected in it, and the ways to take it away."""
