"""A flow as a picture: cards of steps with their ways out, laid out in layers, as SVG or Mermaid.

Owns: ``cards`` (what is drawn), ``layout`` (where), ``svg`` and ``mermaid`` (how). Not here: the terminal, what is
wrong with a flow (``checks``).
"""

from __future__ import annotations

from .cards import Card, cards_of
from .mermaid import mermaid
from .svg import svg

__all__ = ["Card", "cards_of", "mermaid", "svg"]
