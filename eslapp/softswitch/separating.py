r"""Splits what follows a command into words as FreeSWITCH does: blanks or another separator, quotes, backslashes. Pure.

>>> separate("a  'b c' d\\'e f  g", limit=4)
['a', 'b c', "d'e", 'f  g']
>>> separate("a=1; b='x;y' ;;", ";")
['a=1', 'b=x;y', '']
"""

from __future__ import annotations

ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "s": " "}


def separate(text: str, separator: str = " ", limit: int = 0) -> list[str]:
    """At most ``limit`` words (0: any number); the last one keeps what is left. Quotes go, what they hold stays."""
    words: list[str] = []
    at = 0
    while at < len(text):
        if limit and len(words) == limit - 1:
            return [*words, _clean(text[at:], separator)]
        end = _end_of_word(text, at, separator)
        words.append(_clean(text[at:end], separator))
        at = end + 1
        while separator == " " and text.startswith(" ", at):
            at += 1
    return words


def _end_of_word(text: str, start: int, separator: str) -> int:
    at, is_quoted = start, False
    while separator == " " and text.startswith(" ", at):
        at += 1
    while at < len(text):
        letter = text[at]
        if letter == "\\":
            at += 1
        elif letter == "'" and (separator == " " or is_quoted or "'" in text[at + 1 :]):
            is_quoted = not is_quoted
        elif letter == separator and not is_quoted:
            break
        at += 1
    return min(at, len(text))


def _clean(word: str, separator: str) -> str:
    """Without its quotes and the blanks around it; backslashes resolved."""
    own = "" if separator == " " else separator
    word = word.lstrip(" ")
    out: list[str] = []
    kept, at, is_quoted = 0, 0, False
    while at < len(word):
        letter, following = word[at], word[at + 1 : at + 2]
        if letter == "\\" and following and (following in f"'\"\\{own}" or following in ESCAPED):
            out.append(ESCAPED.get(following, following))
            kept = len(out)
            at += 1
        elif letter == "'" and (is_quoted or "'" in word[at + 1 :]):
            is_quoted = not is_quoted
            kept = len(out) if is_quoted else kept
        else:
            out.append(letter)
            kept = len(out) if letter != " " or is_quoted else kept
        at += 1
    return "".join(out[:kept])
