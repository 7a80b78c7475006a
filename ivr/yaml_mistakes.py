"""Mistakes in YAML's own grammar, said in an author's words: what stands there, where it began, and the mend.

Owns: the wording, and which of the two places of an error is the one to look at. Not here: reading (``strict_yaml``).
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from .problems import quote

WIDE_COLON = "a full-width colon stands where ': ' belongs"
_NO_TEXT = "@`%"
_COMMENT = re.compile(r"(?:^|\s)#.*")
_QUOTE = re.compile(r"""\\.|"[^"\\]*"|(?<![\w])'[^']*'""")  # whole quotes, and what is written with a backslash
_BEGINS = re.compile(r"(?:[:,-]\s+|[\[{]\s*|^\s*)$")
_SWALLOWED = re.compile(r",\s*[\w.]+:\s|[}\]]\s*$")
_NAMED = re.compile(r"""\s*(?:-\s+)?["']?[\w.*#]+["']?:(?:\s|$)""")
_ODD_SPACE = re.compile("[ ]*[\u00a0\u2000-\u200b\u3000]")
_WIDE_COMMA = re.compile(r"，\s*[\w*#\"'.]+$")
_WIDE_BRACKET = re.compile(r"(?:: +|- +)([｛［【])")
_CLOSES = {"{": "}", "[": "]"}
_NO_COLON = re.compile(r"\s*(?:-\s+)?(\w+)\s+[{\[]")


class Spot(NamedTuple):
    """A place as PyYAML counts: from 0."""

    line: int
    column: int


def in_plain_words(error: Any, lines: list[str], offset: int = 0) -> tuple[Any, str, str]:
    """``(mark, problem, mend)`` of a ``MarkedYAMLError``; ``lines`` are the text's, ``offset`` those before it."""
    context, problem = error.context or "", error.problem or ""
    begun, here = error.context_mark, error.problem_mark or error.context_mark
    spaces = _odd_indent(lines, here)
    if spaces is not None:
        return spaces, "this only looks like a space", "indent with plain spaces"
    opened = _quote_left_open(lines, here)
    if opened is not None:
        return opened, "the quote that begins here is not closed", "close it, on the same line"
    if "expected ':'" in problem:
        word = _line(lines, begun).strip()
        if re.match(r"-[^\s-]", word):
            return _dash(begun, word)
        return (
            begun,
            f"a colon is missing after {quote(word)}",
            f"write {quote(word + ':')}, or begin the line with '- '",
        )
    if "not allowed here" in problem:
        return _second_colon(here, lines)
    if "flow mapping" in context or "flow sequence" in context:
        return _in_brackets(begun, here, problem, lines, offset)
    if "quoted scalar" in context:
        return begun, "the quote that begins here is not closed", "close it, on the same line"
    if "block end" in problem:
        return _beside(here, lines)
    if "'\\t'" in problem:
        return here, "a tab stands here", "indent with spaces"
    return _of_signs(error, here, lines)


def _of_signs(error: Any, here: Any, lines: list[str]) -> tuple[Any, str, str]:
    """A sign that means something of its own in YAML."""
    context, problem, begun = error.context or "", error.problem or "", error.context_mark
    if "alias" in context:
        return begun, "a star alone means something else in YAML", 'write a star in double quotes: "*"'
    if "anchor" in context:
        return begun, "text cannot begin with '&'", "put the text in double quotes"
    sign = _line(lines, here)[here.column : here.column + 1] if here is not None else ""
    if "cannot start any token" in problem and sign in _NO_TEXT:
        return here, f"no text begins with {quote(sign)}", "put the text in double quotes"
    return here, " ".join(filter(None, (context, problem))), "look at this line and the one above"


def _odd_indent(lines: list[str], here: Any) -> Spot | None:
    """The last line that is indented with something else, as word processors and input methods write it."""
    last = here.line if here is not None else -1
    for number in range(min(last, len(lines) - 1), -1, -1):
        found = _ODD_SPACE.match(lines[number])
        if found is not None:
            return Spot(number, found.end() - 1)
    return None


def _quote_left_open(lines: list[str], here: Any) -> Spot | None:
    """A double quote on a line above that took in what follows it: names, brackets or the next line's name."""
    for number, line in enumerate(lines[: here.line] if here is not None else ()):
        code = _COMMENT.sub("", line)
        if _QUOTE.sub("", code).count('"') % 2:
            at = _QUOTE.sub(lambda found: "x" * len(found[0]), code).rfind('"')
            if _BEGINS.search(code[:at]) is None:  # an inch, not a quote
                continue
            swallowed = _SWALLOWED.search(line, at) or _NAMED.match(_line(lines, Spot(number + 1, 0)))
            return Spot(number, at) if swallowed else None
    return None


def undecodable(source: bytes, at: int) -> tuple[Spot, str, str]:
    """Bytes that are not UTF-8, from ``at`` on."""
    begun = source.rfind(b"\n", 0, at) + 1
    spot = Spot(source.count(b"\n", 0, at), len(source[begun:at].decode("utf-8", "replace")))
    mend = "save the file as UTF-8"
    if source[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Spot(0, 0), "the file is UTF-16, not UTF-8", mend
    try:
        is_gbk = re.search("[\u4e00-\u9fff]{2}", source.decode("gb18030")) is not None
    except UnicodeDecodeError:
        is_gbk = False
    number = spot.line + 1
    return spot, f"line {number} is not UTF-8, but GBK" if is_gbk else f"line {number} is not UTF-8", mend


def _in_brackets(begun: Any, here: Any, problem: str, lines: list[str], offset: int) -> tuple[Any, str, str]:
    """``{`` or ``[`` is open: either it is never closed, or what stands at ``here`` cannot stand inside it."""
    indent = len(_line(lines, begun)) - len(_line(lines, begun).lstrip(" -"))
    level = len(_line(lines, here)) - len(_line(lines, here).lstrip())
    if here.line >= len(lines) or (here.line > begun.line and level <= indent) or "stream end" in problem:
        sign = _line(lines, begun)[begun.column : begun.column + 1]
        mend = f"write {quote('}' if sign == '{' else ']')} where it ends"
        return begun, f"the bracket {quote(sign)} is not closed", mend
    opened, closed = (
        _line(lines, begun)[begun.column : begun.column + 1],
        _line(lines, here)[here.column : here.column + 1],
    )
    if opened + closed in ("[}", "{]"):
        right = "]" if opened == "[" else "}"
        return begun, f"the bracket {quote(opened)} is closed by {quote(closed)}", f"write {quote(right)} where it ends"
    line, before = _line(lines, here), _line(lines, here)[: here.column]
    if problem.endswith("got ':'") and here.line > begun.line and re.fullmatch(r"\s*[^\s:]+", before):
        spot = Spot(here.line, len(line) - len(line.lstrip()))
        return spot, "a comma is missing before this line", "write a comma at the end of the line above"
    wide = _WIDE_COMMA.search(before) if problem.endswith("got ':'") else None
    if wide is not None:
        return (
            Spot(here.line, wide.start()),
            "a full-width comma stands where ', ' belongs",
            "write a plain comma and a space",
        )
    if problem.endswith("got ':'"):
        text = "a colon stands inside a text, or a comma is missing before the name"
        return here, text, "put the text in double quotes, or write the comma"
    if before.rstrip()[-1:] in ('"', "'"):
        text = "the text in quotes ends before this"
        return here, text, "write a comma, or put the whole text in quotes of the other kind"
    where = f"line {begun.line + 1 + offset}"
    text = f"the bracket opened in {where} is not closed, or a comma is missing before this"
    return here, text, "close the bracket, write the comma, or put the text in double quotes"


def _dash(here: Any, word: str) -> tuple[Any, str, str]:
    return here, f"a space is missing after the dash of {quote(word)}", f"write {quote('- ' + word[1:])}"


def _beside(here: Any, lines: list[str]) -> tuple[Any, str, str]:
    """A line that belongs to nothing above it."""
    line = _line(lines, here)
    word = re.match(r"-[^\s-]+", line[here.column :])
    if word is not None:
        return _dash(here, word[0])
    text = "this line is not indented like those it belongs to"
    return here, text, "begin it below the line above that it follows, with spaces"


def _second_colon(here: Any, lines: list[str]) -> tuple[Any, str, str]:
    before = _line(lines, here)[: here.column]
    word = _NO_COLON.match(_line(lines, here))
    if word is not None:
        return (
            Spot(here.line, word.start(1)),
            f"a colon is missing after {quote(word[1])}",
            f"write {quote(word[1] + ':')}",
        )
    if "：" in before.partition(": ")[0]:
        spot = Spot(here.line, before.index("："))
        return spot, WIDE_COLON, "write a plain colon and a space"
    bracket = _WIDE_BRACKET.search(before)
    if bracket is not None:
        sign, plain = bracket[1], {"｛": "{", "［": "[", "【": "["}[bracket[1]]
        text = f"a full-width {quote(sign)} stands where {quote(plain)} belongs"
        return (
            Spot(here.line, bracket.start(1)),
            text,
            f"write a plain {plain}, and a plain {_CLOSES[plain]} at its end",
        )
    if ": " in before:
        return here, "a second colon in one line", "put the text in double quotes"
    above = lines[here.line - 1].strip() if here.line else ""
    level = len(lines[here.line - 1]) - len(lines[here.line - 1].lstrip()) if here.line else 0
    if re.fullmatch(r"\w+", above) and level < len(before) - len(before.lstrip()):
        return Spot(here.line - 1, level), f"a colon is missing after {quote(above)}", f"write {quote(above + ':')}"
    if above.endswith("：") and ": " not in above:
        return Spot(here.line - 1, lines[here.line - 1].rindex("：")), WIDE_COLON, "write a plain colon and a space"
    if ": " in above:
        text = f"the line above, {quote(above)}, has its value already"
        return here, text, "indent this line less, or give it a line of its own name above"
    text = f"the line above, {quote(above)}, is a text, and names cannot follow it"
    return here, text, f"write {quote(above + ':')} there, or indent this line less"


def _line(lines: list[str], mark: Any) -> str:
    return lines[mark.line] if mark is not None and mark.line < len(lines) else ""
