"""Texts for other machines (addresses, headers, bodies): values of the flow, and ``$(env.NAME)`` left for the daemon.

Owns: telling the operator's words from the contact's, and escaping the latter. Not here: what ``$(...)`` may hold
(``templates``), filling the operator's words in (the daemon).

>>> filled("https://x.example/o/$(order)?k=$(env.KEY)", {"order": "1/2"}.get, is_address=True)
('https://x.example/o/1%2F2?k=', Secret(name='KEY'))
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from .evaluation import Lookup, evaluate
from .service_calls import Filled, Secret
from .templates import Insert, parse_template
from .values import as_text, clean

ENV = "env."


def secret_name(insert: Insert) -> str:
    """The NAME of a lone ``$(env.NAME)``, "" for anything else."""
    name = str(insert.node.value) if insert.node.op == "name" else ""
    return name.removeprefix(ENV) if name.startswith(ENV) and not insert.filters else ""


def filled(source: str, lookup: Lookup, *, is_address: bool = False) -> Filled:
    """The parts of ``source``: text with its values in place, and secrets by name. Values hold no line ends."""
    parts: list[str | Secret] = []
    for part in parse_template(source):
        if isinstance(part, str):
            parts.append(part)
        elif name := secret_name(part):
            parts.append(Secret(name))
        else:
            text = clean(as_text(evaluate(part.node, lookup)))
            parts.append(quote(text, safe="") if is_address else text)
    return _joined(parts)


def _joined(parts: list[str | Secret]) -> Filled:
    joined: list[str | Secret] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)


def names_in(source: str) -> Iterator[str]:
    """Every name a template reads, without the operator's."""
    for part in parse_template(source):
        if not isinstance(part, str) and not secret_name(part):
            yield from sorted(part.node.names())


def address_fault(source: str) -> str:
    """Why this cannot be the address of a request; "" where it can.

    Scheme and host are the author's or the operator's: nothing a contact says may choose whom we ask.

    >>> address_fault("https://$(shop).example/orders")
    'the host of an address cannot be computed'
    """
    parts = parse_template(source)
    first = parts[0] if parts else ""
    rest = parts[1:]
    if isinstance(first, str):
        if not first.startswith(("https://", "http://")):
            return "an address begins with https:// or $(env.NAME)"
        host, slash, _ = first.partition("://")[2].partition("/")
        return "" if host and (slash or not rest) else "the host of an address cannot be computed"
    if not secret_name(first):
        return "an address begins with https:// or $(env.NAME)"
    starts_path = not rest or (isinstance(rest[0], str) and rest[0].startswith(("/", "?")))
    return "" if starts_path else "after $(env.NAME) comes a path, beginning with /"
