"""Pydantic's errors as problems with a place and a mend.

Owns: the wording of errors. Not here: the models (``site``, ``step``), reading (``loader``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

from .leaving_out import followed, pruned, without_lost
from .patterns import MENDS
from .problems import Problem, did_you_mean, nearest, quote
from .strict_yaml import Document, Path

Model = TypeVar("Model", bound=BaseModel)
ROUNDS_BOUND = 6

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
        entries = _without_misspelt(_errors(error), value, model)
        return None, [_problem(entry, model, document, locate, what) for entry in entries]


def settled(
    model: type[Model],
    value: Any,
    document: Document,
    locate: Callable[[Path], Path],
    what: str,
    instead: Mapping[str, Any] | None = None,
) -> tuple[Model | None, list[Problem], list[Path]]:
    """The same, and for a value with problems the model of what is right in it, with the paths that were left out;
    ``instead``: what stands for fields that must be there."""
    left, lost = without_lost(value) if document.lost else (value, [])
    found, problems = validated(model, left, document, locate, what)
    problems = [one for one in problems if not _is_of(one, lost)]
    left = without_lost(left)[0] if problems else left
    for _ in range(ROUNDS_BOUND):
        if found is not None or not isinstance(left, dict):
            break
        try:
            found = model.model_validate(left)
        except ValidationError as error:
            lost += _all_pruned(left, _errors(error), instead or {})
    return found, problems, lost


def _errors(error: ValidationError) -> list[ErrorDetails]:
    """Pydantic's errors; one about an entry of a list stands at that entry."""
    found = error.errors(include_url=False)
    for one in found:
        entry = one.get("ctx", {}).get("entry")
        if entry is not None:
            one["loc"] = (*one["loc"], entry)
    return found


def _all_pruned(value: Any, entries: list[ErrorDetails], instead: Mapping[str, Any]) -> list[Path]:
    """From the last to the first, so that entries of lists keep their number until it is their turn."""
    gone: list[Path] = []
    for entry in reversed(entries):
        if not any(entry["loc"][: len(path)] == path for path in gone):
            gone += pruned(value, entry, instead)
    return gone


def _is_of(problem: Problem, lost: list[Path]) -> bool:
    """Whether something required is missing only because it could not be read."""
    names = {quote(str(path[-1])) for path in lost}
    return problem.code == "missing-key" and any(problem.text.endswith(f" needs {name}") for name in names)


def _without_misspelt(entries: list[ErrorDetails], value: Any, model: type[BaseModel]) -> list[ErrorDetails]:
    """A key that is missing because it stands there misspelt is told once, as that."""
    kept: list[ErrorDetails] = []
    refused = {entry["loc"] for entry in entries if entry["type"] == "extra_forbidden"}
    for entry in entries:
        around, holder = entry["loc"][:-1], followed(value, entry["loc"][:-1])
        near = ""
        if entry["type"] == "missing" and isinstance(holder, dict):
            near = nearest(str(entry["loc"][-1]), set(holder) - set(_keys(_inner(model, around))))
        if not near:
            kept.append(entry)
        elif (*around, near) not in refused:
            kept.append(ErrorDetails(type="extra_forbidden", loc=(*around, near), msg="", input=near))
    return kept


def _keys(model: type[BaseModel]) -> list[str]:
    """The keys of a model, as an author writes them."""
    return [field.alias or own for own, field in model.model_fields.items()]


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
    code = "unknown-key" if kind == "extra_forbidden" else "value"
    context = entry.get("ctx", {})
    inside = {"insert": context.get("insert"), "at": context.get("at")}
    return document.problem(locate(loc), text, mend, code, key=is_key, **inside)


def _wording(entry: ErrorDetails, loc: Path, model: type[BaseModel], what: str) -> tuple[str, str]:
    kind, context = entry["type"], entry.get("ctx", {})
    name = next((part for part in reversed(loc) if isinstance(part, str)), what)
    if (
        kind != "missing"
        and len(loc) == 1
        and loc[0] in (getattr(model, "open_field", ""), getattr(model, "short", ""))
    ):
        name = what  # the author has not written the field's own name
    if kind == "refused":
        return str(context["text"]), str(context["mend"])
    if kind == "extra_forbidden":
        return f"unknown key {quote(name)} in {what}", did_you_mean(name, _keys(_inner(model, loc[:-1])))
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
    if kind == "string_pattern_mismatch":
        return f"{quote(entry['input'])} is not written rightly", MENDS.get(context["pattern"], "correct the value")
    if kind in _SHAPES:
        return f"{quote(name)} {_SHAPES[kind][0]}, not {quote(entry['input'])}", _form(model, loc) or _SHAPES[kind][1]
    return f"{quote(name)}: {entry['msg'].lower()}, not {quote(entry['input'])}", "correct the value"


def _form(model: type[BaseModel], loc: Path) -> str:
    """How the mapping at ``loc`` is written, where some of its keys must be there."""
    inner = _inner(model, loc)
    wanted = [field.alias or own for own, field in inner.model_fields.items() if field.is_required()]
    is_mapping = inner is not model and not issubclass(inner, RootModel)
    return "write {" + ", ".join(f"{name}: ..." for name in wanted) + "}" if wanted and is_mapping else ""


def _as_written(bound: float, value: Any) -> str:
    """A limit as its field is written: durations with their unit."""
    if not (isinstance(value, str) and value[-1:].isalpha()):
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
