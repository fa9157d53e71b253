"""The parts of Reports: which day or week, its tables, and the ways to print and keep them."""
