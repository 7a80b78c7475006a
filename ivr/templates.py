"""Texts with ``$(...)`` in them: as text for a chat, as speech for a call.

Owns: finding and filling the insertions, and what of a text can be rendered beforehand.
Not here: the expression inside (``expressions``), numbers as words (``numerals``).

``$(order)`` inserts; ``$(order | digits)`` says one digit after the other, ``| number`` a quantity, ``| ordinal``
"3rd", ``| minutes`` "about 2 minutes", ``| duration`` (of seconds), ``| date``, ``| time``, ``| money``;
``| last4`` only the last four characters, ``| word`` as the site's ``words`` say it in the contact's language.

>>> fill("Order $(order) is ready.", {"order": "12"}.get)
'Order 12 is ready.'
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from .effects import Piece, Speech, Spoken
from .evaluation import Lookup, evaluate
from .expressions import ExpressionError, Node, parse
from .measures import MEASURES
from .measures import is_sayable as is_measure
from .measures import written as measure_written
from .numerals import is_sayable
from .problems import nearest
from .session import Value
from .values import as_text, clean

LENGTH_BOUND = 4000
INSERT_BOUND = 50
WORD = "word"
FILTERS = ("digits", "number", "last4", WORD, *MEASURES)


@dataclass(frozen=True, slots=True)
class Insert:
    """One ``$(...)``; ``number``: which ``$(`` of the text begins it, from 0."""

    node: Node
    filters: tuple[str, ...]
    number: int = 0


@lru_cache(maxsize=4096)
def parse_template(source: str) -> tuple[str | Insert, ...]:
    """The pieces of a text; raises ``ExpressionError`` with the reason."""
    if len(source) > LENGTH_BOUND:
        raise ExpressionError(f"a text may have {LENGTH_BOUND} characters")
    parts: list[str | Insert] = []
    rest = source
    while "$(" in rest:
        before, _, rest = rest.partition("$(")
        number = source.count("$(", 0, len(source) - len(rest) - 1)
        try:
            end = _closing(rest)
            parts += [before] if before else []
            parts.append(_insert(rest[:end], number))
        except ExpressionError as error:
            error.insert = number
            raise
        rest = rest[end + 1 :]
        if len(parts) > INSERT_BOUND:
            raise ExpressionError(f"a text may insert {INSERT_BOUND // 2} values")
    return (*parts, rest) if rest else tuple(parts)


def _closing(text: str) -> int:
    """Where the bracket closes, not counting brackets inside quotes."""
    depth, quote = 1, ""
    for position, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
            if not depth:
                return position
    raise ExpressionError("the bracket of $( is not closed")


def _insert(inside: str, number: int) -> Insert:
    expression, *filters = (part.strip() for part in inside.split("|"))
    for name in filters:
        if name not in FILTERS:
            near = nearest(name, FILTERS)
            other = f" (did you mean {near!r}?)" if near else f", known are {', '.join(FILTERS)}"
            raise ExpressionError(f"unknown filter {name[:20]!r}{other}")
    return Insert(parse(expression), tuple(filters), number)


def insert_of(source: str, name: str) -> int | None:
    """The number of the first ``$(...)`` that reads ``name``.

    >>> insert_of("$(level) and $(order + 1)", "order")
    1
    """
    try:
        inserts = [part for part in parse_template(source) if not isinstance(part, str)]
    except ExpressionError:  # a field that holds no template
        return None
    return next((insert.number for insert in inserts if name in insert.node.names()), None)


def fill(source: str, lookup: Lookup, language: str = "en") -> str:
    """The text with its values in place (cleaned)."""
    parts = parse_template(source)
    return "".join(part if isinstance(part, str) else _read(part, lookup, language) for part in parts)


def value_of(source: str, lookup: Lookup) -> Value:
    """Like ``fill``, but a lone ``$(...)`` keeps its type: ``$(tries + 1)`` is a number."""
    parts = parse_template(source)
    if len(parts) == 1 and isinstance(parts[0], Insert) and not parts[0].filters:
        return evaluate(parts[0].node, lookup)
    return clean(fill(source, lookup))


def speak(source: str, language: str, lookup: Lookup) -> tuple[Speech, ...]:
    """The text as speech: fixed parts and pieces, each rendered beforehand (free words in a value are not)."""
    said: list[Speech] = []
    for part in parse_template(source):
        if isinstance(part, str):
            said += fixed_speech(part, language)
        else:
            said += _said(part, language, lookup)
    return tuple(said)


def fixed_speech(text: str, language: str) -> tuple[Spoken, ...]:
    """A fixed part of a text; nothing where it has no letters to say."""
    plain = " ".join(text.split())
    return (Spoken(plain, language),) if any(letter.isalnum() for letter in plain) else ()


def _written(insert: Insert, lookup: Lookup) -> str:
    text = clean(as_text(evaluate(insert.node, lookup)))
    return text[-4:] if "last4" in insert.filters else text


def _read(insert: Insert, lookup: Lookup, language: str) -> str:
    text, kind = _written(insert, lookup), kind_of(insert)
    if kind == WORD:
        return _word(text, language, lookup)
    return measure_written(kind, text, language) if kind in MEASURES and is_measure(kind, text) else text


def _said(insert: Insert, language: str, lookup: Lookup) -> tuple[Speech, ...]:
    value = evaluate(insert.node, lookup)
    text = _written(insert, lookup)
    if not text:
        return ()
    if kind_of(insert) == WORD:
        return fixed_speech(_word(text, language, lookup), language)
    kind = kind_of(insert) or ("number" if isinstance(value, int | float) else "digits")
    if is_sayable(kind, text):
        return (Piece(kind, text, language),)
    return fixed_speech(text, language)


def word_name(value: str, language: str) -> str:
    """The name under which ``lookup`` knows the site's word for a value."""
    return f"{WORD}:{language}:{value}"


def _word(value: str, language: str, lookup: Lookup) -> str:
    return as_text(lookup(word_name(value, language)) or value)


def kind_of(insert: Insert) -> str:
    """How the author wants it said: "digits", "number", "date" ... or ""."""
    chosen = [name for name in insert.filters if name != "last4"]
    return chosen[-1] if chosen else ""
