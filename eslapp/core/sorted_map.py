"""A persistent sorted map: every change gives a new map and leaves the old one as it was, both in O(log n).

Why: the router decides on a world it may have to throw away (the commit failed), and must not copy 10,000 waiting
interactions to do so. Weight-balanced tree after Adams (1993), with the parameters 3 and 2 proved by Hirai and
Yamamoto (2011). Not here: what is kept in it (``world``).

>>> line = EMPTY.set((1, "b"), "Bo").set((0, "a"), "Al")
>>> line.first(), line.rank((1, "b")), len(line), len(EMPTY)
(((0, 'a'), 'Al'), 1, 2, 0)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
D = TypeVar("D")

WEIGHT = 3
RATIO = 2

# A node is (size, key, value, left, right); no node is None.
Node = tuple[int, Any, Any, Any, Any]


class SortedMap(Generic[K, V]):
    """Keys are compared with ``<``; all keys of one map must be of one comparable kind."""

    __slots__ = ("_root",)

    def __init__(self, root: Node | None = None) -> None:
        self._root = root

    def get(self, key: K, default: D) -> V | D:
        """The value of ``key``, or ``default``."""
        node = self._root
        while node is not None:
            if key < node[1]:
                node = node[3]
            elif node[1] < key:
                node = node[4]
            else:
                value: V = node[2]
                return value
        return default

    def __getitem__(self, key: K) -> V:
        value = self.get(key, _ABSENT)
        if value is _ABSENT:
            raise KeyError(key)
        return value

    def __contains__(self, key: K) -> bool:
        return self.get(key, _ABSENT) is not _ABSENT

    def __len__(self) -> int:
        return self._root[0] if self._root is not None else 0

    def __iter__(self) -> Iterator[K]:
        return (key for key, _ in self.items())

    def values(self) -> Iterator[V]:
        """All values, in the order of their keys."""
        return (value for _, value in self.items())

    def items(self) -> Iterator[tuple[K, V]]:
        """All pairs in order."""
        stack: list[Node] = []
        node = self._root
        while stack or node is not None:
            while node is not None:
                stack.append(node)
                node = node[3]
            top = stack.pop()
            yield top[1], top[2]
            node = top[4]

    def items_from(self, key: K) -> Iterator[tuple[K, V]]:
        """The pairs whose key is not less than ``key``, in order."""
        stack: list[Node] = []
        node = self._root
        while node is not None:
            if node[1] < key:
                node = node[4]
            else:
                stack.append(node)
                node = node[3]
        while stack:
            top = stack.pop()
            yield top[1], top[2]
            node = top[4]
            while node is not None:
                stack.append(node)
                node = node[3]

    def first(self) -> tuple[K, V] | None:
        """The least pair, or None."""
        node = self._root
        if node is None:
            return None
        while node[3] is not None:
            node = node[3]
        return node[1], node[2]

    def rank(self, key: K) -> int:
        """How many keys are less than ``key`` (which need not be in the map)."""
        count, node = 0, self._root
        while node is not None:
            if node[1] < key:
                count += 1 + _size(node[3])
                node = node[4]
            else:
                node = node[3]
        return count

    def set(self, key: K, value: V) -> SortedMap[K, V]:
        """A map that also has this pair (instead of an older one of the same key)."""
        return SortedMap(_insert(self._root, key, value))

    def without(self, key: K) -> SortedMap[K, V]:
        """A map without ``key``; the same map where it was absent."""
        return SortedMap(_remove(self._root, key)) if key in self else self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SortedMap) and list(self.items()) == list(other.items())

    def __hash__(self) -> int:
        raise TypeError("a SortedMap is compared by content and is not hashable")

    def __repr__(self) -> str:
        return f"SortedMap({dict(self.items())!r})"


def _size(node: Node | None) -> int:
    return node[0] if node is not None else 0


def _node(key: Any, value: Any, left: Node | None, right: Node | None) -> Node:
    return (1 + _size(left) + _size(right), key, value, left, right)


def _insert(node: Node | None, key: Any, value: Any) -> Node:
    if node is None:
        return (1, key, value, None, None)
    _, here, old, left, right = node
    if key < here:
        return _balance(here, old, _insert(left, key, value), right)
    if here < key:
        return _balance(here, old, left, _insert(right, key, value))
    return (node[0], key, value, left, right)


def _remove(node: Node | None, key: Any) -> Node | None:
    if node is None:
        return None
    _, here, value, left, right = node
    if key < here:
        return _balance(here, value, _remove(left, key), right)
    if here < key:
        return _balance(here, value, left, _remove(right, key))
    if left is None:
        return right  # type: ignore[no-any-return]
    if right is None:
        return left  # type: ignore[no-any-return]
    least = right
    while least[3] is not None:
        least = least[3]
    return _balance(least[1], least[2], left, _remove(right, least[1]))


def _balance(key: Any, value: Any, left: Node | None, right: Node | None) -> Node:
    left_weight, right_weight = _size(left) + 1, _size(right) + 1
    if right is not None and right_weight > WEIGHT * left_weight:
        _, right_key, right_value, inner, outer = right
        if _size(inner) + 1 < RATIO * (_size(outer) + 1):
            return _node(right_key, right_value, _node(key, value, left, inner), outer)
        _, top_key, top_value, top_left, top_right = inner
        return _node(
            top_key, top_value, _node(key, value, left, top_left), _node(right_key, right_value, top_right, outer)
        )
    if left is not None and left_weight > WEIGHT * right_weight:
        _, left_key, left_value, outer, inner = left
        if _size(inner) + 1 < RATIO * (_size(outer) + 1):
            return _node(left_key, left_value, outer, _node(key, value, inner, right))
        _, top_key, top_value, top_left, top_right = inner
        return _node(
            top_key, top_value, _node(left_key, left_value, outer, top_left), _node(key, value, top_right, right)
        )
    return _node(key, value, left, right)


_ABSENT: Any = object()
EMPTY: SortedMap[Any, Any] = SortedMap()
