"""Is the log linearisable? Histories of many writers at once, and a checker of them in the manner of Jepsen's.

``deeds`` are what writers and readers ask for, ``ground`` the runs on which they meet, ``doing`` does a deed through
the product's own commands, ``playing`` lets threads and processes do many at once and writes down when each was asked
and answered. ``model`` is the registry told once more, without any of its code: word by word, one lumisection at a
time. ``checker`` lays a history beside the log and says what no order of acts explains; ``search`` looks for any order.
"""
