"""The persistent map against a dict, and that old versions stay as they were."""

from __future__ import annotations

import bisect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslapp.core.sorted_map import EMPTY, WEIGHT, Node, SortedMap

KEYS = st.integers(0, 60)


@given(st.lists(st.tuples(st.booleans(), KEYS)))
def test_it_is_a_sorted_dict_and_every_version_lasts(steps: list[tuple[bool, int]]) -> None:
    versions: list[tuple[SortedMap[int, int], dict[int, int]]] = [(EMPTY, {})]
    for number, (is_set, key) in enumerate(steps):
        tree, plain = versions[-1]
        after = {**plain, key: number} if is_set else {k: v for k, v in plain.items() if k != key}
        versions.append((tree.set(key, number) if is_set else tree.without(key), after))
    for tree, plain in versions:
        keys = sorted(plain)
        assert list(tree.items()) == sorted(plain.items())
        assert list(tree) == keys and len(tree) == len(plain)
        assert tree.first() == (min(plain.items()) if plain else None)
        for probe in range(-1, 62, 7):
            assert tree.rank(probe) == bisect.bisect_left(keys, probe)
            assert [key for key, _ in tree.items_from(probe)] == [key for key in keys if key >= probe]
            assert tree.get(probe, None) == plain.get(probe) and (probe in tree) == (probe in plain)


@pytest.mark.parametrize("keys", [range(2000), range(2000, 0, -1)])
def test_it_stays_balanced(keys: range) -> None:
    tree: SortedMap[int, None] = EMPTY
    for key in keys:
        tree = tree.set(key, None)
    for key in list(keys)[::3]:
        tree = tree.without(key)
    assert _depth_of_balanced(tree._root) <= 2.5 * len(tree).bit_length()


def test_a_missing_key_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        EMPTY["x"]


def _depth_of_balanced(node: Node | None) -> int:
    if node is None:
        return 0
    left, right = (child[0] + 1 if child else 1 for child in node[3:])
    assert left <= WEIGHT * right and right <= WEIGHT * left, "out of balance"
    return 1 + max(_depth_of_balanced(node[3]), _depth_of_balanced(node[4]))
