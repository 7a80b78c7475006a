"""Strict YAML: the 1.2 core schema, duplicate keys refused, the place of every node kept. The only user of PyYAML.

Owns: text -> plain values + marks. Not here: what the values mean (``loader``).

``no`` and ``yes`` are words, ``0123`` and ``+8613800138000`` stay strings, keys are always strings, and a file is
bounded in size, depth, nodes and aliases, so that no file can eat the machine. A mistake of grammar costs only its own
entry, which is then ``Lost``: the rest of the file is read, and all its mistakes are told together.

>>> read_yaml("a.yaml", "keys: {1: no, 2: 0123}").value
{'keys': {'1': 'no', '2': '0123'}}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from .document import Document, Path, Plain
from .problems import Mark, Problem, quote
from .yaml_mistakes import WIDE_COLON, Spot, in_plain_words, undecodable
from .yaml_pieces import Lost, pieces
from .yaml_recovery import TOO_MANY, Recovery

__all__ = ["Document", "Path", "read_yaml"]

SIZE_BOUND = 512 * 1024
DEPTH_BOUND = 40
NODE_BOUND = 60_000  # 3,000 agents, or 6,000 steps
ALIAS_BOUND = 100
KEY_BOUND = 200

YamlEvent = Any  # PyYAML's classes differ between its Python and C parts
YamlMark = Any

ANCHOR = re.compile(r"&([\w-]+)")
_INT = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\Z")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}\Z")
_WORDS: dict[str, Plain] = {"": None, "~": None, "null": None, "true": True, "false": False}


class _Refused(Exception):
    """Reading cannot go on; ``is_final``: not with the rest of the file either."""

    def __init__(self, mark: YamlMark, text: str, mend: str, *, is_final: bool = False) -> None:
        super().__init__(text)
        self.mark, self.text, self.mend, self.is_final = mark, text, mend, is_final


class StrictLoader(yaml.SafeLoader):
    """PyYAML's reader, scanner and parser, without its composer and constructors (they guess types).

    YAML 1.2 allows a question mark inside plain text in ``{...}``; PyYAML's scanner would end the text there.
    """

    def scan_plain(self) -> yaml.ScalarToken:
        self.peek = self._peek_into_text  # type: ignore[method-assign]
        try:
            return super().scan_plain()
        finally:
            del self.peek

    def _peek_into_text(self, index: int = 0) -> str:
        letter: str = super().peek(index)
        return "x" if letter == "?" else letter


def read_yaml(file: str, source: str | bytes) -> Document:
    """Read one file's text; what is wrong is in ``problems``, and what it cost in ``lost``."""
    document = Document(file)
    try:
        text = _decoded(source)
    except _Refused as refusal:
        document.problems.append(_problem(file, refusal.mark, refusal.text, refusal.mend))
        document.lost.append(Lost(source.decode("utf-8", "replace") if isinstance(source, bytes) else source))
        return document
    document.source = text
    whole = _read(document, text)
    if whole is None:
        return document
    problem, is_final = whole
    parts = () if is_final else pieces(text)
    recovery = Recovery(file, frozenset(ANCHOR.findall(text)), _read, NODE_BOUND)
    read = recovery.read(parts) if parts else None
    if read is None or not read.problems:
        read = Document(file, problems=[problem], lost=[Lost(text)])
    read.source = text
    return read


def _read(document: Document, text: str, offset: int = 0) -> tuple[Problem, bool] | None:
    """Fill the document, or say why not and whether that is final; ``offset``: lines of the file before ``text``."""
    try:
        document.value = _Builder(document, yaml.parse(text, Loader=StrictLoader), offset).build()
    except _Refused as refusal:
        return _problem(document.file, refusal.mark, refusal.text, refusal.mend, offset), refusal.is_final
    except yaml.MarkedYAMLError as error:
        mark, said, mend = in_plain_words(error, text.splitlines(), offset)
        return _problem(document.file, mark, said, mend, offset), False
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        said = f"the character #x{error.character:04x} cannot be seen and does not belong into a text"
        return Problem(document.file, line + offset, column, said, "delete it", "yaml"), False
    return None


def _decoded(source: str | bytes) -> str:
    if len(source) > SIZE_BOUND:
        raise _Refused(None, f"the file is larger than {SIZE_BOUND // 1024} KiB", "split it")
    if isinstance(source, str):
        return source
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        mark, text, mend = undecodable(source, error.start)
        raise _Refused(mark, text, mend) from error


def _problem(file: str, mark: YamlMark, text: str, mend: str, offset: int = 0) -> Problem:
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return Problem(file, line + offset, column, text, mend, "yaml")


class _Builder:
    """Builds values from parser events, counting nodes (aliases count as often as they are used)."""

    def __init__(self, document: Document, events: Iterator[YamlEvent], offset: int = 0) -> None:
        self._document = document
        self._events = events
        self._offset = offset
        self._anchors: dict[str, tuple[Plain, int, Path]] = {}
        self._nodes = 0
        self._aliases = 0

    def build(self) -> Plain:
        value: Plain = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Refused(event.start_mark, "a second document begins with ---", "use one file for each")
                first = next(self._events)
                value = self._node(first, (), 0)
        return value

    def _node(self, event: YamlEvent, path: Path, depth: int) -> Plain:
        if depth > DEPTH_BOUND:
            raise _Refused(event.start_mark, f"nested deeper than {DEPTH_BOUND} levels", "flatten it", is_final=True)
        self._document.marks[path] = self._mark(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        self._count(event, 1)
        self._no_tag(event)
        before = self._nodes
        if isinstance(event, yaml.ScalarEvent):
            value: Plain = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(path, depth)
        else:
            value = self._mapping(path, depth, in_braces=bool(event.flow_style))
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, self._nodes - before + 1, path)
        return value

    def _mark(self, event: YamlEvent) -> Mark:
        return Mark(event.start_mark.line + 1 + self._offset, event.start_mark.column + 1)

    def _count(self, event: YamlEvent, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > NODE_BOUND:
            raise _Refused(event.start_mark, f"more than {NODE_BOUND} values", TOO_MANY, is_final=True)

    def _no_tag(self, event: YamlEvent) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise _Refused(event.start_mark, f"the tag {quote(tag)} is not part of the language", "remove it")

    def _alias(self, event: YamlEvent, path: Path) -> Plain:
        self._aliases += 1
        if self._aliases > ALIAS_BOUND:
            raise _Refused(event.start_mark, f"more than {ALIAS_BOUND} aliases", "write the values out", is_final=True)
        if event.anchor not in self._anchors:
            raise _Refused(event.start_mark, f"unknown alias *{event.anchor}", 'quote a lone star: "*"')
        value, nodes, origin = self._anchors[event.anchor]
        self._count(event, nodes)
        self._copy_marks(origin, path)
        return value

    def _copy_marks(self, origin: Path, path: Path) -> None:
        """A problem inside an alias is shown where the anchor's value stands."""
        for marks in (self._document.marks, self._document.key_marks):
            inside = [entry for entry in marks if len(entry) > len(origin) and entry[: len(origin)] == origin]
            for entry in inside:
                marks[path + entry[len(origin) :]] = marks[entry]

    def _sequence(self, path: Path, depth: int) -> list[Plain]:
        values: list[Plain] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            values.append(self._node(event, (*path, len(values)), depth + 1))
        return values

    def _mapping(self, path: Path, depth: int, *, in_braces: bool) -> dict[str, Plain]:
        values: dict[str, Plain] = {}
        before = told = ""  # the key before, where its value is a text without quotes
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event)
            following = next(self._events)
            if in_braces and "：" in key and following.start_mark.index == event.end_mark.index:
                mark, at = event.start_mark, str(event.value).index("：")
                raise _Refused(Spot(mark.line, mark.column + at), WIDE_COLON, "write a plain colon and a space")
            if in_braces and before and following.start_mark.index == event.end_mark.index:
                values[before] = f"{values[before]}, {key}"
                if before != told:
                    self._cut_at_comma(event, key)
                told = before
                continue
            inner = (*path, key)
            mark = self._mark(event)
            if key in values:
                first = self._document.key_marks[inner].line
                text = f"the key {quote(key)} is here twice (first in line {first})"
                self._document.problems.append(
                    Problem(self._document.file, mark.line, mark.column, text, "keep one of them", "yaml")
                )
                inner = (*path, key, "")
            self._document.key_marks[inner] = mark
            values[key] = self._node(following, inner, depth + 1)
            is_text = isinstance(following, yaml.ScalarEvent) and following.implicit[0] and following.value
            before, told = (key, "") if is_text else ("", "")
        return values

    def _cut_at_comma(self, event: YamlEvent, key: str) -> None:
        """``{en: Hello, friend}``: a text without quotes ends at its comma."""
        mark = self._mark(event)
        mend = f"put the whole text before it in double quotes, or write {quote(key + ': ...')}"
        text = f"{quote(key)} follows a comma and has no colon"
        self._document.problems.append(Problem(self._document.file, mark.line, mark.column, text, mend, "yaml"))

    def _key(self, event: YamlEvent) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise _Refused(event.start_mark, "a key must be a word or a number", "put the * or [ in double quotes")
        self._no_tag(event)
        self._count(event, 1)
        key = str(event.value)
        if not key or len(key) > KEY_BOUND:
            raise _Refused(event.start_mark, "a key is empty or too long", "give it a short name")
        if key == "<<" and event.implicit[0]:
            raise _Refused(event.start_mark, "merge keys (<<) are not part of the language", "write the keys out")
        return key


def _scalar(event: YamlEvent) -> Plain:
    text = str(event.value)
    if not event.implicit[0]:  # quoted, or a block text: always a string
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text) and text != "-0":
        return int(text)
    return float(text) if _FLOAT.match(text) else text
