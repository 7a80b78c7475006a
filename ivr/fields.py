"""The kinds of values an author writes: names, durations, texts, ways out, files. Each refuses with a mend.

Owns: pydantic field types of the language. Not here: which step or setting has which field (``steps``, ``site``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainValidator, RootModel, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from .expressions import ExpressionError, parse
from .problems import quote
from .templates import parse_template

WAY_TITLE = "a way out"  # in JSON Schema
AGAIN, NEXT, HANGUP, BACK = "again", "next", "hangup", "back"
RESERVED_WAYS = (AGAIN, NEXT, HANGUP, BACK)
NAME_PATTERN = r"^[^\W\d]\w{0,39}$"
VARIABLE_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"
LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$"
FILE_PATTERN = r"^[\w][\w.-]*(/[\w][\w.-]*)*\.wav$"

_DURATION = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(ms|s|min|h)")
_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
_SPAN = re.compile(r"([0-9]{1,2})(?:\s*-\s*([0-9]{1,2}))?")
_DIGITS_BOUND = 40
_LETTERS_BOUND = 1000


def refuse(
    text: str, mend: str, *, insert: int | None = None, at: int | None = None, entry: int | None = None
) -> PydanticCustomError:
    """The error of a field, with its mend (``loader`` makes a ``Problem`` of it); ``insert``: of that ``$(`` in it;
    ``at``: of that character; ``entry``: of that entry of a list."""
    context = {"text": text, "mend": mend, "insert": insert, "at": at, "entry": entry}
    return PydanticCustomError("refused", "{text}", context)


_OTHER_INSERTS = re.compile(r"\$\{\s*([\w.]+)\s*\}|\{\{\s*([\w.]+)\s*\}\}")


def readable(value: str) -> str:
    """A text whose ``$(...)`` can all be read, and that inserts nothing as other languages do."""
    other = _OTHER_INSERTS.search(value)
    if other is not None:
        text = f"{quote(other[0])} would be said as it stands"
        raise refuse(text, f"insert values as $({other[1] or other[2]})", at=other.start())
    try:
        parse_template(value)
    except ExpressionError as error:
        raise refuse(f"cannot read {quote(value)}: {error}", "insert values as $(name)", insert=error.insert) from error
    return value


def _as_word(value: Any) -> Any:
    """Numbers stand where words are meant (a queue named 100, a text "5"): take them as written."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


def _no_truth(value: Any) -> Any:
    """``true`` is no 1."""
    if isinstance(value, bool):
        raise refuse(f"{str(value).lower()} is not a number", "write a number such as 3")
    return value


Whole = Annotated[int, BeforeValidator(_no_truth)]


def _each_once(values: list[Any]) -> list[Any]:
    """A list of names, none of them twice."""
    for index, value in enumerate(values):
        if value in values[:index]:
            raise refuse(f"{quote(value)} is here twice", "keep one of them", entry=index)
    return values


EACH_ONCE = AfterValidator(_each_once)


def as_list(value: Any) -> Any:
    """A lone word where a list of words is meant."""
    return [value] if isinstance(value, str) else value


def named(pattern: str, what: str, mend: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.match(value):
            raise refuse(f"{quote(value)} cannot be {what}", mend)
        return value

    return AfterValidator(check)


Word = Annotated[str, BeforeValidator(_as_word), WithJsonSchema({"type": ["string", "number"]})]
Name = Annotated[Word, named(NAME_PATTERN, "a name", "use letters, digits and _, beginning with a letter")]
VariableName = Annotated[
    Word, named(VARIABLE_PATTERN, "the name of a value", "use small letters, digits and _, beginning with a letter")
]
LanguageCode = Annotated[
    Word,
    named(LANGUAGE_PATTERN, "a language", "write a code such as zh or en"),
    WithJsonSchema({"type": "string", "pattern": LANGUAGE_PATTERN}),
]
TextLanguage = Annotated[
    Word, named(LANGUAGE_PATTERN[:-1] + r"$|^\*$", "a language", "write one text per language: {zh: ..., en: ...}")
]
IN_WRITING = ".text"  # "zh.text": what a chat reads instead of "zh"
TextKey = Annotated[
    Word,
    named(
        LANGUAGE_PATTERN[:-1] + r"(\.text)?$|^\*(\.text)?$",
        "a language",
        "write one text per language: {zh: ..., en: ...}, and for chats alone: {zh.text: ...}",
    ),
]
_ONE = {"type": ["string", "number"]}
ONE_OR_MORE = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": _ONE}]})
KEY_PATTERN = r"^[0-9*#]{1,4}$"
KeyName = Annotated[
    Word,
    named(KEY_PATTERN, "keys of a telephone", 'use 0-9, "*" and "#"'),
    WithJsonSchema({"type": "string", "pattern": KEY_PATTERN}),
]
FileName = Annotated[
    Word, named(FILE_PATTERN, "a prompt file", "name a .wav file inside the prompts folder, such as moh/calm.wav")
]


def _to_seconds(value: Any) -> float:
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise refuse(f"{quote(value)} is not a duration", "write it with a unit: 5 s, 2 min, 1 h")
    return float(match[1]) * _UNITS[match[2]]


Duration = Annotated[
    float, BeforeValidator(_to_seconds), WithJsonSchema({"type": "string", "pattern": "^[0-9.]+ ?(ms|s|min|h)$"})
]


def _to_bool(value: Any) -> bool:
    known = {"yes": True, "no": False, True: True, False: False}
    if not isinstance(value, str | bool) or value not in known:
        raise refuse(f"{quote(value)} is neither yes nor no", "write yes or no")
    return known[value]


YesNo = Annotated[bool, BeforeValidator(_to_bool), WithJsonSchema({"enum": ["yes", "no", True, False]})]


@dataclass(frozen=True, slots=True)
class Span:
    """How many digits: ``6-12`` or ``6``."""

    least: int
    most: int


def _to_span(value: Any) -> Span:
    match = _SPAN.fullmatch(str(value).strip()) if isinstance(value, str | int) else None
    if match is None:
        raise refuse(f"{quote(value)} is not a number of digits", "write 6 or 6-12")
    least, most = int(match[1]), int(match[2] or match[1])
    if not 1 <= least <= most <= _DIGITS_BOUND:
        raise refuse(f"{quote(value)} is not a number of digits", f"from 1 to {_DIGITS_BOUND}, the smaller first")
    return Span(least, most)


SpanField = Annotated[
    Span, PlainValidator(_to_span), WithJsonSchema({"type": ["string", "integer"], "examples": ["6-12", 6]})
]


def _to_length(value: Any) -> Span:
    match = re.fullmatch(r"([0-9]{1,3})(?:\s*-\s*([0-9]{1,4}))?", str(value).strip())
    least, most = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= least <= most <= _LETTERS_BOUND:
        raise refuse(f"{quote(value)} is not a number of letters", f"write 2-200, from 1 to {_LETTERS_BOUND}")
    return Span(least, most)


LengthField = Annotated[
    Span, PlainValidator(_to_length), WithJsonSchema({"type": ["string", "integer"], "examples": ["2-200"]})
]


@dataclass(slots=True)
class Way:
    """A way out of a step: a section's name, ``flow.section``, again/next/hangup, or a short list of steps.

    ``block`` is filled when all flows are read: the block it leads to, a reserved word, or "" for nowhere.
    ``on``: the one medium that has it, or "" for both.
    """

    text: str = ""
    steps: list[Any] | None = None
    block: str = ""
    on: str = ""


def to_way(value: Any) -> Way:
    if isinstance(value, list) and value:
        return Way(steps=value)
    text = _as_word(value)
    if isinstance(text, str) and re.match(r"^[^\W\d]\w*(\.[^\W\d]\w*)?$", text):
        return Way(text=text)
    raise refuse(f"{quote(value)} is not a way out", "name a section, or write a list of steps beginning with '- '")


WayField = Annotated[Way, PlainValidator(to_way), WithJsonSchema({"title": WAY_TITLE})]


def _to_prompt(value: str) -> str:
    if value.endswith(".wav"):
        if not re.match(FILE_PATTERN, value):
            raise refuse(f"{quote(value)} cannot be a prompt file", "name a .wav file inside the prompts folder")
        return value
    if not readable(value).strip():
        raise refuse("the text is empty", "write what is said, or remove the line")
    return value


PromptText = Annotated[Word, AfterValidator(_to_prompt)]


class Text(RootModel[dict[TextKey, PromptText]]):
    """What is said, per language; one text for all languages is kept under "*".

    ``zh.text`` beside ``zh`` is what a chat reads instead: no "thank you for calling" where nobody called.
    """

    @model_validator(mode="before")
    @classmethod
    def _one_for_all(cls, value: Any) -> Any:
        return {"*": value} if isinstance(value, str | int | float) and not isinstance(value, bool) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        words = {"type": ["string", "number"]}
        names = {"pattern": LANGUAGE_PATTERN[:-1] + r"(\.text)?$"}
        per_language = {"type": "object", "propertyNames": names, "additionalProperties": words}
        told = "one text, or one per language: {zh: ..., en: ...}; for chats alone: {zh.text: ...}"
        return {"anyOf": [words, per_language], "description": told}

    @model_validator(mode="after")
    def _beside_its_language(self) -> Text:
        for key in self.root:
            language = key.removesuffix(IN_WRITING)
            if not self.has(language):
                raise refuse(f"{quote(key)} has no {quote(language)} beside it", f"add '{language}: ...' for calls")
        return self

    @property
    def spoken(self) -> dict[str, str]:
        """What is said on calls, per language."""
        return {code: prompt for code, prompt in self.root.items() if not code.endswith(IN_WRITING)}

    @property
    def written(self) -> dict[str, str]:
        """What is written on chats, per language."""
        own = {code.removesuffix(IN_WRITING): prompt for code, prompt in self.root.items() if code.endswith(IN_WRITING)}
        return {**self.spoken, **own}

    def has_own_words(self, code: str, languages: Iterable[str]) -> bool:
        """Whether every chat that would read the text under ``code`` has words of its own (``zh.text``)."""
        return all(one + IN_WRITING in self.root for one in (languages if code == "*" else (code,)))

    def choose(self, language: str, default: str = "", *, in_writing: bool = False) -> tuple[str, str]:
        """``(text, its language)``: the wanted language, the one for all, the site's default, any."""
        known = self.written if in_writing else self.spoken
        for code in (language, "*", default, next(iter(known), "")):
            if code in known:
                return known[code], (language if code == "*" else code)
        return "", language

    def has(self, language: str) -> bool:
        return language in self.root or "*" in self.root


def mend_for_chats(code: str, languages: Iterable[str]) -> str:
    """How chats get words of their own beside the text of ``code``."""
    if code != "*":
        return f"add '{code}{IN_WRITING}: ...' for chats"
    return "write it per language: {" + ", ".join(f"{one}: ..., {one}{IN_WRITING}: ..." for one in languages) + "}"


def is_file(prompt: str) -> bool:
    """Whether a prompt names a sound file instead of saying words."""
    return prompt.endswith(".wav")


_ASSIGNED = re.compile(r"([\w.)])\s*(?<![=!<>])=(?!=)\s*")
_COMPARED = 'level == "vip"'


def _can_be_read(source: str) -> bool:
    try:
        parse(source)
    except ExpressionError:
        return False
    return True


def _to_condition(value: str) -> str:
    try:
        parse(value)
    except ExpressionError as error:
        text = f"cannot read the condition {quote(value)}: {error}"
        meant = _ASSIGNED.sub(r"\1 == ", value)
        mend = f"write it like: {meant if meant != value and _can_be_read(meant) else _COMPARED}"
        raise refuse(text, mend, at=error.at) from error
    return value


Condition = Annotated[Word, AfterValidator(_to_condition)]


def _to_template(value: str | int | float | bool) -> str | int | float | bool:
    return readable(value) if isinstance(value, str) else value


TemplateValue = Annotated[bool | int | float | str, AfterValidator(_to_template)]
