"""The rule editor: JSON with colours, line numbers, completion of facts; Python hears of the text at every pause."""

from dashboard.components.rule_editor.component import Offer, Typed, rule_editor, typed_in

__all__ = ["Offer", "Typed", "rule_editor", "typed_in"]
