"""The heat map: the last runs side by side, one row per component; the quality grid laid on its side."""

from dashboard.components.heat_map.component import heat_map

__all__ = ["heat_map"]
