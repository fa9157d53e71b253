"""The lumisection ribbon: every lumisection of a run in one band, to see where something holds and to choose one.

The lumisection strip tells a whole run; this is for a card in which one verdict has to be seen at a glance.
"""

from dashboard.components.lumi_ribbon.component import RibbonPiece, chosen_in, lumi_ribbon

__all__ = ["RibbonPiece", "chosen_in", "lumi_ribbon"]
