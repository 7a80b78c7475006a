"""The entries of a YAML file that cannot be read as a whole: where each begins and ends, by indentation alone.

Owns: cutting text into pieces that can be read by themselves, and ``Lost``, which stands for one that cannot.
Not here: reading them (``strict_yaml``).

>>> [(piece.key, piece.line) for piece in pieces("flow: main\\nstart:\\n  - say: {en: Hi\\nend:\\n  - hangup\\n")]
[('flow', 1), ('start', 2), ('end', 4)]
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PIECE_BOUND = 2_000
_BREAKS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_TOP = re.compile(r"[^\s#\-\]})]")
_HEAD = re.compile(r"""(?P<quote>["']?)(?P<key>[^\s:#"']+)(?P=quote)\s*:\s*(#.*)?$""")
_KEYED = re.compile(r"""("[^"]*"|'[^']*'|[^\s:,{}\[\]"']+)\s*:(\s|$)""")
_NAME = re.compile(r"""["']?([^\s:#"']+)""")
_WORD = re.compile(r"[^\W\d][\w.]*")


class Lost(str):
    """The text of what cannot be read: its value is unknown, but not that it is there."""

    @property
    def words(self) -> frozenset[str]:
        """Every name it may mention."""
        return frozenset(_WORD.findall(self))


@dataclass(frozen=True, slots=True)
class Piece:
    """``text`` begins at line ``offset + 1`` of the file. An entry inside a key has that key's line before it in
    ``text``; ``name`` is its own, where it has one, ``is_item``: it is an entry of a list."""

    key: str
    text: str
    offset: int
    line: int
    column: int = 1
    name: str = ""
    is_item: bool = False


def pieces(text: str) -> tuple[Piece, ...]:
    """The entries of the file's top level; none where it has no such form."""
    lines = lines_of(text)
    starts = [number for number, line in enumerate(lines) if _TOP.match(line)]
    before = lines[: starts[0]] if starts else lines
    if not starts or len(starts) > PIECE_BOUND or any(line.strip() and line[0] != "#" for line in before):
        return ()
    ends = [*starts[1:], len(lines)]
    return tuple(
        Piece(_name(lines[start]), "\n".join(lines[start:end]) + "\n", start, start + 1)
        for start, end in zip(starts, ends, strict=True)
    )


def children(piece: Piece) -> tuple[Piece, ...]:
    """The entries below a piece's key, each with the key's line before it; none where they cannot be told apart."""
    head, *lines = piece.text.split("\n")
    found = _HEAD.match(head)
    begun = [number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    if found is None or not begun:
        return ()
    first = lines[begun[0]]
    indent = len(first) - len(first.lstrip(" "))
    is_item = first.lstrip(" ").startswith("-")
    start = re.compile(rf" {{{indent}}}" + (r"-(\s|$)" if is_item else r"[^\s#\-]"))
    starts = [number for number in begun if start.match(lines[number])]
    if not starts or len(starts) > PIECE_BOUND:
        return ()
    ends = [*starts[1:], len(lines)]
    return tuple(
        Piece(
            found["key"],
            "\n".join([head, *lines[at:end]]) + "\n",
            piece.offset + at,
            piece.offset + at + 2,
            indent + 1,
            "" if is_item else _name(lines[at].strip()),
            is_item,
        )
        for at, end in zip([0, *starts[1:]], ends, strict=True)
    )


def settings(step: Piece) -> tuple[Piece, ...]:
    """The settings of one entry of ``children``; none where they cannot be told apart for certain.

    >>> [one.name for one in settings(children(pieces("start:\\n  - menu:\\n      tries: 2\\n")[0])[0])]
    ['tries']
    """
    own = _alone(step)
    found = children(own) if own is not None else ()
    return found if all(one.name and _KEYED.match(_first(one)) for one in found) else ()


def _first(piece: Piece) -> str:
    """The line below its key that begins it."""
    _, *lines = piece.text.split("\n")
    return next((line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")), "")


def _alone(child: Piece) -> Piece | None:
    """An entry of ``children`` without the line of the key it stands in, and without the dash of a list."""
    _, *lines = child.text.split("\n")
    begun = [at for at, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    if not begun:
        return None
    at = begun[0]
    first = lines[at].lstrip(" ")
    first = first[1:].lstrip(" ") if child.is_item else first
    offset = child.offset + at + 1
    return Piece(child.name, "\n".join([first, *lines[at + 1 :]]), offset, offset + 1)


def lines_of(text: str) -> list[str]:
    """As YAML counts them."""
    return _BREAKS.split(text.removeprefix("\ufeff"))


def _name(line: str) -> str:
    found = _NAME.match(line)
    return found[1] if found is not None else ""
