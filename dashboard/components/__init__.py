"""The parts that pages are built from; each is one noun of the interface, with its assets beside it."""
