"""Walking every path of a flow with the real engine: what checks prove, tests cover and SIPp plays.

Owns: ``explore`` (all states a contact can be in), ``world`` (what the outside may answer), ``answers`` (what may
happen at a wait), ``paths`` (ways through the states, in words). Not here: what is wrong with a path (``checks``).

    walk = explore(site, "main", "voice")
    for edge in walk.edges: print(words(walk.path_to(edge)), edge.turn.session.outcome)
"""

from __future__ import annotations

from .explore import Edge, Exploration, Node, explore

__all__ = ["Edge", "Exploration", "Node", "explore"]
