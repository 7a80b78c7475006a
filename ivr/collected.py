"""What the values that steps keep can be, from everything that sets them.

Owns: the kind of every name of a site. Not here: the kinds themselves (``kinds``), scopes (``scopes``): a name counts
as one value wherever it stands, so that what is told of it holds in every subflow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .expressions import Node
from .kinds import ANYTHING, Anything, Form, Kind, Number, Words, given_kinds
from .session import Value
from .site import Site
from .step import Step
from .steps.call import CallStep
from .steps.gather import Gather
from .steps.listen import Listen
from .steps.return_ import ReturnStep
from .steps.set import Set
from .templates import Insert, parse_template
from .validity import STARRED
from .values import as_number, clean_value

COUNTED = {  # names whose words are the entries of a setting
    "language": "languages",
    "contact.last_agent": "agents",
    "call.dialled": "numbers",
    "call.queue": "queues",
}
DEPTH_BOUND = 20  # names set from names set from names
NodeKind = Callable[[Node], Kind]


class Collected:
    """``kind(name)``. ``of_node``: the kind of an expression, once names can be asked for."""

    def __init__(self, site: Site) -> None:
        unsure = {name for name, setting in COUNTED.items() if setting in site.unread.settings}
        self._given = {name: ANYTHING if name in unsure else kind for name, kind in given_kinds(site).items()}
        self._unread = site.unread.words
        self._sources: dict[str, list[Kind | Node]] = {}
        self._found: dict[str, Kind] = {}
        self._asked: list[str] = []
        for block in site.blocks.values():
            for step in block.steps:
                for name, source in _sources(step):
                    self._sources.setdefault(name, []).append(source)

    def kind(self, name: str, of_node: NodeKind) -> Kind:
        """What the name can be; ``of_node`` judges the expressions it is set from."""
        if name in self._given:
            return self._given[name]
        if name in self._unread or name not in self._sources or name in self._asked or len(self._asked) > DEPTH_BOUND:
            return ANYTHING
        if name not in self._found:
            self._asked.append(name)
            kinds = [of_node(one) if isinstance(one, Node) else one for one in self._sources[name]]
            self._asked.pop()
            self._found[name] = _together([*kinds, Words(("",))])  # before it is set it is unknown
        return self._found[name]


def _sources(step: Step) -> Iterator[tuple[str, Kind | Node]]:
    """Every value the step may keep, by name."""
    if isinstance(step, Set | ReturnStep):
        yield from ((name, _written(value)) for name, value in step.values.items())
    elif isinstance(step, CallStep):
        yield from ((name, _written(value)) for name, value in step.given.items())
        yield from ((mine, Node("name", theirs)) for mine, theirs in step.save.items())
    elif isinstance(step, Gather):
        yield step.name, gathered(step)
    elif isinstance(step, Listen) and step.words:
        yield step.name, Words(tuple(step.words))
    else:
        yield from ((name, ANYTHING) for name in step.names_set())


def _written(value: Value) -> Kind | Node:
    """A constant as itself, a lone ``$(...)`` as its expression."""
    if not isinstance(value, str) or "$(" not in value:
        return Words((clean_value(value),))
    parts = parse_template(value)
    lone = parts[0]
    return lone.node if len(parts) == 1 and isinstance(lone, Insert) and not lone.filters else ANYTHING


def gathered(step: Gather) -> Kind:
    """What one ``gather`` keeps."""
    if step.digits is None or any(check in STARRED for check in step.valid):
        return ANYTHING
    return Form("digits", step.digits.least, step.digits.most)


def _together(kinds: list[Kind]) -> Kind:
    """One kind for a value that may be of any of these."""
    if any(isinstance(kind, Anything) for kind in kinds):
        return ANYTHING
    words = tuple(dict.fromkeys(value for kind in kinds if isinstance(kind, Words) for value in kind.values))
    others = [kind for kind in kinds if not isinstance(kind, Words)]
    if not others:
        return Words(words)
    if all(isinstance(kind, Number) for kind in others) and all(
        as_number(value) is not None for value in words if value != ""
    ):
        return Number(may_lack="" in words)
    spans = [kind for kind in others if isinstance(kind, Form) and kind.name == "digits"]
    if len(spans) == len(others) and words in ((), ("",)):
        return Form("digits", min(one.least for one in spans), max(one.most for one in spans), may_lack=True)
    return ANYTHING
