"""What people do all day: flag lumisections, correct runs, move states, sign off, certify, undo.

Each command is one function and one act. It asks in the order right → existence → state → input, and then records;
``seen`` is the change set that the person looked at, so that nobody overwrites what he has not seen.
"""
