"""Mistakes in YAML's own grammar, said in an author's words: what stands there, where it began, and the mend.

Owns: the wording, and which of the two places of an error is the one to look at. Not here: reading (``strict_yaml``).
"""

from __future__ import annotations

from typing import Any

from .problems import quote

_NO_TEXT = "@`%"


def in_plain_words(error: Any, lines: list[str]) -> tuple[Any, str, str]:
    """``(mark, problem, mend)`` of a ``MarkedYAMLError``; ``lines`` are the file's."""
    context, problem = error.context or "", error.problem or ""
    begun, here = error.context_mark, error.problem_mark or error.context_mark
    if "expected ':'" in problem:
        word = _line(lines, begun).strip()
        return (
            begun,
            f"a colon is missing after {quote(word)}",
            f"write {quote(word + ':')}, or begin the line with '- '",
        )
    if "not allowed here" in problem:
        return _second_colon(here, lines)
    if "flow mapping" in context or "flow sequence" in context:
        where = f"line {begun.line + 1}"
        text = f"the bracket opened in {where} is not closed, or a comma is missing before this"
        return here, text, "close the bracket, write the comma, or put the text in double quotes"
    if "quoted scalar" in context:
        return begun, "the quote that begins here is not closed", "close it, on the same line"
    if "block end" in problem:
        text = "this line is not indented like those it belongs to"
        return here, text, "begin it below the line above that it follows, with spaces"
    if "'\\t'" in problem:
        return here, "a tab stands here", "indent with spaces"
    if "alias" in context:
        return begun, "a star alone means something else in YAML", 'write a star in double quotes: "*"'
    sign = _line(lines, here)[here.column : here.column + 1] if here is not None else ""
    if "cannot start any token" in problem and sign in _NO_TEXT:
        return here, f"no text begins with {quote(sign)}", "put the text in double quotes"
    return here, " ".join(filter(None, (context, problem))), "look at this line and the one above"


def _second_colon(here: Any, lines: list[str]) -> tuple[Any, str, str]:
    before = _line(lines, here)[: here.column]
    if ": " in before:
        return here, "a second colon in one line", "put the text in double quotes"
    above = lines[here.line - 1].strip() if here.line else ""
    text = f"the line above, {quote(above)}, is a text, and names cannot follow it"
    return here, text, f"write {quote(above + ':')} there, or indent this line less"


def _line(lines: list[str], mark: Any) -> str:
    return lines[mark.line] if mark is not None and mark.line < len(lines) else ""
