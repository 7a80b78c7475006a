"""What one message is for its provider: so many messages, each sent, counted and told of by itself.

Owns: the cut into pieces, pure. Not here: cutting texts (``long_texts``), sending the pieces (``sending``), whether
the reply window takes that many (``allowance``).

>>> from webhooks.channels.base import Capabilities
>>> pieces("one two three", ["a.png"], Capabilities(text_cap=8))
[Piece(text='', files=('a.png',)), Piece(text='one two', files=()), Piece(text='three', files=())]
>>> pieces("", ["a.png", "b.png"], Capabilities(text_cap=8, is_whole=True))
[Piece(text='', files=('a.png', 'b.png'))]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .channels.base import Capabilities
from .long_texts import parts

File = TypeVar("File")


@dataclass(frozen=True, slots=True)
class Piece(Generic[File]):
    """One message at the provider."""

    text: str
    files: tuple[File, ...] = ()


def pieces(
    text: str, files: Sequence[File], capabilities: Capabilities, *, is_worded: bool = False
) -> list[Piece[File]]:
    """Files first, then the words; never none. ``is_worded``: a template or card goes out though no text does."""
    texts = parts(text, capabilities.text_cap, capabilities.text_unit)
    if capabilities.is_whole:
        return [*map(Piece, texts[:-1]), Piece(texts[-1], tuple(files))]
    words: list[Piece[File]] = [Piece(one) for one in texts] if text or is_worded or not files else []
    return [*(Piece("", (one,)) for one in files), *words]
