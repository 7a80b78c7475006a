"""Pydantic's errors as problems with a place and a mend.

Owns: the wording of errors. Not here: the models (``site``, ``step``), reading (``loader``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .problems import Problem, did_you_mean, quote
from .strict_yaml import Document, Path

Model = TypeVar("Model", bound=BaseModel)

_SHAPES = {
    "dict_type": ("must be a mapping", "write {name: value, ...} or one 'name: value' per line"),
    "model_type": ("must be a mapping", "write {name: value, ...} or one 'name: value' per line"),
    "model_attributes_type": ("must be a mapping", "write {name: value, ...} or one 'name: value' per line"),
    "list_type": ("must be a list", "write [a, b] or one '- a' per line"),
    "string_type": ("must be a text", "write a word or a text"),
    "int_type": ("must be a whole number", "write a number such as 3"),
    "int_parsing": ("must be a whole number", "write a number such as 3"),
    "int_from_float": ("must be a whole number", "write a number such as 3"),
    "too_short": ("is empty", "write at least one entry"),
    "string_pattern_mismatch": ("is not written rightly", "digits only, such as 1001 or +864001234567"),
}
_TOWARDS = {"at most": "less", "at least": "more"}
_UNITS = (("h", 3600.0), ("min", 60.0), ("s", 1.0))
_LIMITS = {"less_than_equal": ("at most", "le"), "greater_than_equal": ("at least", "ge")}


def validated(
    model: type[Model], value: Any, document: Document, locate: Callable[[Path], Path], what: str
) -> tuple[Model | None, list[Problem]]:
    """The model, or every problem of ``value``; ``locate`` turns a field's path into the file's."""
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        return None, [_problem(entry, model, document, locate, what) for entry in error.errors(include_url=False)]


def _problem(
    entry: ErrorDetails, model: type[BaseModel], document: Document, locate: Callable[[Path], Path], what: str
) -> Problem:
    loc: Path = tuple(entry["loc"])
    is_key = bool(loc) and loc[-1] == "[key]"
    loc = loc[:-1] if is_key else loc
    kind = entry["type"]
    text, mend = _wording(entry, loc, model, what)
    if kind == "missing":
        return document.problem(locate(loc[:-1]), text, mend, "missing-key")
    is_key = is_key or kind == "extra_forbidden"
    return document.problem(
        locate(loc), text, mend, "unknown-key" if kind == "extra_forbidden" else "value", key=is_key
    )


def _wording(entry: ErrorDetails, loc: Path, model: type[BaseModel], what: str) -> tuple[str, str]:
    kind, context = entry["type"], entry.get("ctx", {})
    name = str(loc[-1]) if loc else what
    if kind == "refused":
        return str(context["text"]), str(context["mend"])
    if kind == "extra_forbidden":
        known = [field.alias or own for own, field in _inner(model, loc[:-1]).model_fields.items()]
        return f"unknown key {quote(name)} in {what}", did_you_mean(name, known)
    if kind == "missing":
        return f"{what} needs {quote(name)}", f"add '{name}: ...'"
    if kind == "literal_error":
        return f"{quote(name)} cannot be {quote(entry['input'])}", f"write {context['expected']}"
    if kind in _LIMITS:
        word, limit = _LIMITS[kind]
        bound = _as_written(context[limit], entry["input"])
        return (
            f"{quote(name)} must be {word} {bound}, not {quote(entry['input'])}",
            f"write {bound} or {_TOWARDS[word]}",
        )
    if kind in _SHAPES:
        return f"{quote(name)} {_SHAPES[kind][0]}, not {quote(entry['input'])}", _SHAPES[kind][1]
    return f"{quote(name)}: {entry['msg'].lower()}, not {quote(entry['input'])}", "correct the value"


def _as_written(bound: float, value: Any) -> str:
    """A limit as its field is written: durations with their unit."""
    if not isinstance(value, str):
        return f"{bound:g}"
    size, unit = next(((size, unit) for unit, size in _UNITS if bound >= size), (1.0, "s"))
    return f"{bound / size:g} {unit}"


def _inner(model: type[BaseModel], loc: Path) -> type[BaseModel]:
    """The model that holds the field at ``loc``, as far as it can be followed."""
    current: type[BaseModel] = model
    for part in loc:
        field = next((f for own, f in current.model_fields.items() if part in (own, f.alias)), None)
        inner = _model_in(field.annotation) if field is not None else None
        current = inner or current
    return current


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _model_in(part)
        if found is not None:
            return found
    return None
