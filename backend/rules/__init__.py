"""JSON logic, exactly as json-logic-js 2.0.5 means it: the rules that judge runs, datasets and lumisections.

>>> rule = parse({"and": [{"==": [{"var": "tracker"}, "GOOD"]}, {">=": [{"var": "b_field"}, 3.7]}]})
>>> rule.evaluate({"tracker": "GOOD", "b_field": 3.8})
True
>>> [clause.text for clause in deciding_clauses(rule.explain({"tracker": "GOOD", "b_field": 0.0}))]
['{">=": [{"var": "b_field"}, 3.7]}']
"""

from backend.rules.explaining import Explained, Told, deciding_clauses
from backend.rules.nodes import Json
from backend.rules.parsing import OPERATORS
from backend.rules.rule import Rule, all_hold, evaluate, parse, parse_text
from backend.rules.variables import Comparison, Variable

__all__ = [
    "OPERATORS",
    "Comparison",
    "Explained",
    "Json",
    "Rule",
    "Told",
    "Variable",
    "all_hold",
    "deciding_clauses",
    "evaluate",
    "parse",
    "parse_text",
]
