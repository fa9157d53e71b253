"""The worker: ingest and housekeeping on a timetable, and the long work that people ask for on a page."""
