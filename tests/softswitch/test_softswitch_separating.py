"""Words as FreeSWITCH cuts them."""

from __future__ import annotations

import pytest

from eslapp.softswitch.separating import separate


@pytest.mark.parametrize(
    ("text", "separator", "limit", "words"),
    [
        ("", " ", 0, []),
        ("a b  c ", " ", 0, ["a", "b", "c"]),
        ("a b  c d", " ", 3, ["a", "b", "c d"]),
        ("a 'b  c' d", " ", 0, ["a", "b  c", "d"]),
        ("a 'b c", " ", 0, ["a", "'b c"]),
        (r"it\'s a\sb", " ", 0, ["it's", "a b"]),
        (r"a\\b", " ", 0, [r"a\b"]),
        ("a=1;b='x;y';c", ";", 0, ["a=1", "b=x;y", "c"]),
        (";;f=9", ";", 0, ["", "", "f=9"]),
        (r"a\;b;c", ";", 0, ["a;b", "c"]),
        ("don't;c", ";", 0, ["don't", "c"]),
        ("x=y=z=w", "=", 3, ["x", "y", "z=w"]),
    ],
)
def test_words(text: str, separator: str, limit: int, words: list[str]) -> None:
    assert separate(text, separator, limit) == words
