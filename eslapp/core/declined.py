"""Which interactions somebody has declined, as a set over the cool-downs."""

from __future__ import annotations

from .sorted_map import SortedMap


class Declined:
    """``interaction in world.decliners``."""

    __slots__ = ("_cool_downs",)

    def __init__(self, cool_downs: SortedMap[tuple[str, str], float]) -> None:
        self._cool_downs = cool_downs

    def __contains__(self, interaction: object) -> bool:
        following = next(self._cool_downs.items_from((str(interaction), "")), None)
        return following is not None and following[0][0] == interaction
