"""What every step is: words of the language (pydantic) and decisions (``enter``, ``answer``).

Owns: the base class, the moves a step may answer with, and finding ways and texts inside a step.
Not here: the steps themselves (``steps/``, one file each), running them (``engine``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, PrivateAttr

from .effects import Effect
from .expressions import name_at
from .fields import Text, Way, WayField
from .problems import Mark, Place
from .scene import Scene
from .session import Value
from .strict_yaml import Document, Path
from .templates import insert_of
from .waits import Happening

if TYPE_CHECKING:
    from .site import Site

VOICE, TEXT = "voice", "text"
MEDIA = (VOICE, TEXT)


@dataclass(frozen=True, slots=True)
class Wait:
    """Stay in this step until the last effect's answer; ``state`` is kept for ``answer`` (JSON)."""

    effects: tuple[Effect, ...]
    state: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Next:
    """On to the following step. ``is_served``: the contact has talked; with nothing after it, the flow ends."""

    effects: tuple[Effect, ...] = ()
    note: str = ""
    is_served: bool = False


@dataclass(frozen=True, slots=True)
class Go:
    """Take a way out; ``note`` says in the trail which (the key, "silence", ...)."""

    way: Way
    effects: tuple[Effect, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """The flow is over."""

    cause: str = "NORMAL_CLEARING"
    outcome: str = ""
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Fail:
    """The step cannot be done: its ``fails`` way, else the flow's fallback."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stay:
    """Nothing to do with it: go on waiting as before."""


@dataclass(frozen=True, slots=True)
class Call:
    """Do another section or flow and come back: ``given`` are all it knows (and what has a dot in its name), ``kept``
    says which of its results become which values here."""

    way: Way
    given: Mapping[str, Value]
    kept: Mapping[str, str]
    effects: tuple[Effect, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    """Back to the ``call``, with these results; without a call the flow is over."""

    results: Mapping[str, Value]
    effects: tuple[Effect, ...] = ()
    note: str = ""


Move = Wait | Next | Go | Stop | Fail | Stay | Call | Return


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out as the checks see it; ``kind``: "key 1", "silence", "next", ...

    ``is_heard``: the contact did something. ``way`` None: with ``ends`` the flow is over there, else it goes on with
    the following step. ``on``: the one medium that has it, or "" for both.
    """

    kind: str
    loc: Path = ()
    way: Way | None = None
    is_heard: bool = False
    ends: bool = False
    on: str = ""


class Step(BaseModel):
    """Base of all steps. Subclasses name their ``verb`` (also their file) and carry an executed ``EXAMPLE``."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, populate_by_name=False)

    verb: ClassVar[str] = ""
    EXAMPLE: ClassVar[str] = ""  # sections of a flow in YAML; a test runs it on its media
    media: ClassVar[tuple[str, ...]] = MEDIA  # where the step can be done
    short: ClassVar[str] = ""  # the field a scalar or list stands for: "say: Hello"
    open_field: ClassVar[str] = ""  # the field that takes the mapping's free keys: "say: {zh: ..., en: ...}"
    text_only: ClassVar[tuple[str, ...]] = ()  # fields that are never spoken
    phrases: ClassVar[tuple[str, ...]] = ()  # the product's own words this step may say
    pieces: ClassVar[tuple[str, ...]] = ()  # the kinds of values this step may say
    one_of: ClassVar[tuple[str, ...]] = ()  # exactly one of these fields is written (JSON Schema; ``faults`` say so)
    goes_on_when_failed: ClassVar[bool] = False  # without a way out: the next step, not the fallback

    on: Literal["voice", "text"] | None = None
    fails: WayField | None = None

    _document: Document | None = PrivateAttr(default=None)
    _paths: dict[str, Path] = PrivateAttr(default_factory=dict)
    _path: Path = PrivateAttr(default=())

    def enter(self, scene: Scene) -> Move:
        """Begin, or begin again after a crash or a wrong answer (then ``scene.state`` is what was kept)."""
        raise TypeError(f"{self.verb} cannot be entered")

    def answer(self, scene: Scene, happening: Happening) -> Move:
        """Go on with what was waited for. The default fits steps that only play something."""
        return Next()

    def essence(self, state: Mapping[str, Any]) -> Mapping[str, Any]:
        """What of its memory decides which ways are open: memories that differ in the rest are alike to who walks
        every path."""
        return state

    def is_for(self, medium: str) -> bool:
        """Whether the step is done there; ``checks.wrong_medium`` finds those that forgot to say ``on``."""
        return medium in self.media and self.on in (None, medium)

    def rescue(self) -> Way | None:
        """Where to go when the step fails; None: the flow's fallback."""
        return self.fails or getattr(self, "otherwise", None)

    def exits(self) -> Iterator[Exit]:
        """Every way out, for the checks; the default is the next step."""
        yield Exit("next")

    def names_set(self) -> Iterator[str]:
        """The values this step may keep, for the checks."""
        yield from ()

    def names_read(self) -> Iterator[tuple[Path, str]]:
        """The values this step reads besides those in its texts, each with the field that reads it."""
        yield from ()

    def site_texts(self, site: Site) -> Iterator[Text]:
        """What this step may say that stands elsewhere in the site (articles, surveys): rendered beforehand too."""
        yield from ()

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        """What single fields cannot tell: ``(path inside the step, problem, mend)``."""
        yield from ()

    def bind(self, document: Document, path: Path, paths: dict[str, Path]) -> None:
        """Remember where the step and its fields stand."""
        self._document, self._path, self._paths = document, path, paths

    def holds(self, path: Path) -> int:
        """How deep this step lies around a path of its file; 0 where the path is not inside it."""
        return len(self._path) if self._path and path[: len(self._path)] == self._path else 0

    def is_inside(self, path: Path) -> bool:
        """Whether this step stands inside what is at a path of its file."""
        return self._path[: len(path)] == path

    def path_at(self, mark: Mark) -> Path:
        """What stands at a place of this step's file."""
        return self._document.path_at(mark) if self._document is not None else ()

    def file_path(self, loc: Path) -> Path:
        """A field's path inside the file."""
        if loc and str(loc[0]) in self._paths:
            return (*self._paths[str(loc[0])], *loc[1:])
        return (*self._path, *loc)

    def place(self, *loc: str | int, key: bool = False) -> Place:
        """Where the step, or one field of it, stands in its file."""
        if self._document is None:
            return Place("", 1, 1)
        mark = self._document.mark(self.file_path(loc), key=key)
        return Place(self._document.file, mark.line, mark.column)

    def place_of(self, name: str, *loc: str | int) -> Place:
        """Where in a field a value is read: at the ``$(`` before it, in a condition at its name, else where the field
        is."""
        if self._document is not None:
            path = self.file_path(loc)
            text = self._document.text(path)
            number, at = insert_of(text, name), name_at(text, name)
            if number is not None:
                return Place(self._document.file, *self._document.mark_of_insert(path, number))
            return self.place_within(at, *loc) if at is not None else self.place(*loc)
        return self.place(*loc)

    def place_within(self, at: int, *loc: str | int) -> Place:
        """Where the ``at``-th character of a condition stands, from 0."""
        if self._document is None:
            return self.place(*loc)
        return Place(self._document.file, *self._document.mark_within(self.file_path(loc), at))

    def place_of_insert(self, number: int, *loc: str | int) -> Place:
        """Where the ``number``-th ``$(`` of a field stands, from 0."""
        if self._document is None:
            return self.place(*loc)
        return Place(self._document.file, *self._document.mark_of_insert(self.file_path(loc), number))

    def ways(self) -> Iterator[tuple[Path, Way]]:
        """Every way out written in this step, with its path."""
        return ((path, leaf) for path, leaf in leaves(self) if isinstance(leaf, Way))

    def texts(self) -> Iterator[tuple[Path, Text]]:
        """Every text written in this step, with its path."""
        return ((path, leaf) for path, leaf in leaves(self) if isinstance(leaf, Text))


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The values inside a model, with their paths as the author wrote them (aliases)."""
    if isinstance(value, Text | Way) or not isinstance(value, BaseModel | dict | list | tuple):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, entry in type(value).model_fields.items():
            yield from leaves(getattr(value, name), (*path, entry.alias or name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    else:
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
