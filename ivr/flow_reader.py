"""Flow files as blocks of steps.

Owns: sections, steps (short and long form), lists of steps written as a way out, and where each way leads.
Not here: files (``loader``), the words of one step (``steps``).
"""

from __future__ import annotations

import re
from typing import Any

from .fields import BACK, NAME_PATTERN, RESERVED_WAYS, Way
from .flow import Block, Flow
from .problems import Place, Problem, did_you_mean, nearest, quote
from .step import Step
from .steps import STEPS
from .strict_yaml import Document, Path
from .unreadable import Unreadable, words_in
from .validation import settled
from .yaml_pieces import Lost

INLINE_DEPTH_BOUND = 8
_FORM = "write steps as '- verb: words', such as '- say: Hello'"


class FlowReader:
    """Reads one file's flow; ``problems`` collects everything that is wrong."""

    def __init__(self, document: Document) -> None:
        self.problems: list[Problem] = []
        self._document = document
        self._blocks: dict[str, Block] = {}
        self._rest: Step | None = None  # of the step that could not be read last

    def read(self, expected_name: str) -> Flow | None:
        """The flow of a file named ``expected_name``.yaml; None where not even its sections can be read."""
        document, top = self._document, self._document.value
        if not isinstance(top, dict):
            self._report((), "the file is not a flow", "begin with 'flow: name' and name a section, such as 'welcome:'")
            return None
        name = str(top.get("flow", expected_name))
        if name != expected_name:
            mend = f"write 'flow: {expected_name}', or rename the file to {name}.yaml"
            self._report(("flow",), f"the flow {quote(name)} is in a file of another name", mend)
        flow = Flow(expected_name, document.file, place=self._place(("flow",)))
        for section, steps in top.items():
            if section != "flow":
                self._section(flow, section, [steps] if isinstance(steps, Lost) else steps)
        if not flow.sections:
            self._report((), "the flow has no sections", "name one, such as 'welcome:', with steps below it")
            return None
        flow.blocks = self._blocks
        self._chain(flow)
        return flow

    def steps_of(self, flow: str, section: str, raw: list[Any], path: Path, block_id: str = "") -> Block:
        """Read a list of steps into a block (and the lists inside it into further blocks)."""
        block = Block(block_id or f"{flow}.{section}", flow, section, place=self._place(path, key=not block_id))
        self._blocks[block.id] = block
        for index, value in enumerate(raw):
            step = self._step(value, (*path, index))
            if not isinstance(step, Unreadable):
                self._inline_blocks(block, len(block.steps), step)
            block.steps.append(step)
        return block

    @property
    def blocks(self) -> dict[str, Block]:
        return self._blocks

    def _section(self, flow: Flow, section: str, steps: Any) -> None:
        if not re.match(NAME_PATTERN, section) or section in RESERVED_WAYS:
            mend = "use letters, digits and _, beginning with a letter; again, next and hangup are taken"
            self._report((section,), f"{quote(section)} cannot name a section", mend, key=True)
        elif not isinstance(steps, list) or not steps:
            verb = next(iter(steps), "") if isinstance(steps, dict) else ""
            mend = f"put a dash before the step: '- {verb}: ...'" if verb in STEPS else _FORM
            text = f"the section {quote(section)} is {'not a list of steps' if steps else 'empty'}"
            self._report((section,), text, mend, key=not steps)
            self.steps_of(flow.name, section, [Lost(" ".join(words_in(steps)))], (section,)).is_section = True
            flow.sections.append(section)
        else:
            block = self.steps_of(flow.name, section, steps, (section,))
            block.is_section = True
            flow.sections.append(section)

    def _chain(self, flow: Flow) -> None:
        """A section goes on with the next one of the file."""
        for section, following in zip(flow.sections, flow.sections[1:], strict=False):
            flow.blocks[f"{flow.name}.{section}"].after = (f"{flow.name}.{following}", 0)

    def _inline_blocks(self, block: Block, index: int, step: Step) -> None:
        for loc, way in step.ways():
            if way.steps is None:
                continue
            block_id = f"{block.id}[{index}].{'.'.join(str(part) for part in loc)}"
            if block_id.count("[") > INLINE_DEPTH_BOUND:
                self._report(
                    step.file_path(loc), "lists of steps inside each other too deeply", "name a section for it"
                )
                continue
            inner = self.steps_of(block.flow, block.section, way.steps, step.file_path(loc), block_id)
            inner.owner, inner.after = (block.id, index), (block.id, index + 1)
            way.block = block_id

    def _step(self, raw: Any, path: Path) -> Step:
        """One step; ``Unreadable`` where it is none, after saying why."""
        self._rest = None
        step = None if isinstance(raw, Lost) else self._readable(raw, path)
        if step is None:
            unreadable = Unreadable(mentions=words_in(raw))
            unreadable.bind(self._document, path, {})
            unreadable.keep(self._rest)
            return unreadable
        return step

    def _readable(self, raw: Any, path: Path) -> Step | None:
        words = {raw: None} if isinstance(raw, str) else raw
        if not isinstance(words, dict) or not words:
            text = f"{quote(raw)} is not a step" if raw else "an empty entry is not a step"
            self._report(path, text, _FORM)
            return None
        verbs = [key for key in words if key in STEPS]
        if not verbs:
            first = next(iter(words))
            text, mend = f"unknown step {quote(first)}", did_you_mean(first, STEPS)
            verb = first.split()[0] if first.split() else ""
            verb, _, rest = first.replace("：", ":").partition(":") if verb == first else (verb, "", "")
            if rest and verb in STEPS:
                text, mend = f"a colon and a space are missing after {quote(verb)}", f"write '- {verb}: {rest.strip()}'"
            elif first == BACK or (isinstance(raw, str) and first in (self._document.value or {})):
                mend = f"write 'goto: {first}'"
            elif verb != first and verb in STEPS:
                text, mend = f"a colon is missing after {quote(verb)}", f"write '- {verb}: ...'"
            self._report((*path, first), text, mend, "unknown-step", key=True)
            return None
        step_class = STEPS[verbs[0]]
        inner = words[verbs[0]]
        if inner is not None and not isinstance(inner, dict) and not (step_class.short or step_class.open_field):
            wanted = [one.alias or name for name, one in step_class.model_fields.items() if one.is_required()]
            form = ", ".join(f"{name}: ..." for name in wanted or ["..."])
            text = f"{verbs[0]} needs more than {quote(inner)}"
            self._report((*path, verbs[0]), text, f"write '- {verbs[0]}: {{{form}}}'")
            return None
        fields, paths = self._merged(step_class, words, verbs[0], path)
        extra = [verb for verb in verbs[1:] if verb not in _names(step_class)]
        if extra:
            mend = f"begin a new line '- {extra[0]}: ...'"
            self._report((*path, extra[0]), f"{extra[0]!r} is a second step in the same entry", mend, key=True)
            return None
        return self._validated(step_class, fields, paths, path)

    def _merged(
        self, step_class: type[Step], words: dict[str, Any], verb: str, path: Path
    ) -> tuple[dict[str, Any], dict[str, Path]]:
        """The step's fields and where they stand: the long form, the short form, and keys beside the verb."""
        fields: dict[str, Any] = {}
        paths: dict[str, Path] = {}
        names = _names(step_class)
        inner, inner_path = words[verb], (*path, verb)
        takes_one = step_class.short or step_class.open_field
        is_short = bool(step_class.short) and not step_class.open_field
        is_meant = any(nearest(str(key), names) for key in inner) if isinstance(inner, dict) else False
        if isinstance(inner, dict) and not (is_short and inner and not names.intersection(inner) and not is_meant):
            open_keys: dict[str, Any] = {}
            for key, value in inner.items():
                is_open = bool(step_class.open_field) and key not in names
                (open_keys if is_open else fields)[key] = value
                paths[key] = (*inner_path, key)
            if open_keys:
                fields[step_class.open_field] = open_keys
                paths[step_class.open_field] = inner_path
        elif inner is not None:
            fields[takes_one or verb] = inner
            paths[takes_one or verb] = inner_path
        for key, value in words.items():
            if key != verb:
                fields[key] = value
                paths[key] = (*path, key)
        return fields, paths

    def _validated(
        self, step_class: type[Step], fields: dict[str, Any], paths: dict[str, Path], path: Path
    ) -> Step | None:
        def locate(loc: Path) -> Path:
            return (*paths[str(loc[0])], *loc[1:]) if loc and str(loc[0]) in paths else (*path, *loc)

        step, problems, _ = settled(step_class, fields, self._document, locate, step_class.verb)
        self.problems += problems
        if step is not None and problems:  # what stands inside it is read, for its mistakes
            step.bind(self._document, path, paths)
            scratch = Block("!unreadable", "", "")
            self._blocks[scratch.id] = scratch
            self._inline_blocks(scratch, 0, step)
            self._blocks = {key: block for key, block in self._blocks.items() if not key.startswith(scratch.id)}
            self._rest = step
        if step is None or problems:
            return None
        step.bind(self._document, path, paths)
        for loc, text, mend in step.faults():
            self._report(step.file_path(loc), text, mend, key=True)
        return step

    def _report(self, path: Path, text: str, mend: str, code: str = "value", *, key: bool = False) -> None:
        self.problems.append(self._document.problem(path, text, mend, code, key=key))

    def _place(self, path: Path, *, key: bool = False) -> Place:
        mark = self._document.mark(path, key=key)
        return Place(self._document.file, mark.line, mark.column)


def _names(step_class: type[Step]) -> set[str]:
    return {field.alias or name for name, field in step_class.model_fields.items()}


def link(flows: dict[str, Flow], blocks: dict[str, Block]) -> None:
    """Fill every way's ``block``; a way that leads nowhere keeps "" (``checks.unknown_target`` reports it)."""
    for block in blocks.values():
        for step in block.steps:
            for _, way in step.ways():
                if way.steps is None:
                    is_lost = way.text == BACK and block.owner is None  # a section belongs to no step
                    way.block = "" if is_lost else resolve(flows, block.flow, way)


def resolve(flows: dict[str, Flow], flow: str, way: Way) -> str:
    """The block a way names: a section of its flow, ``flow.section``, a flow's beginning, or a reserved word."""
    if way.text in RESERVED_WAYS:
        return way.text
    own, _, section = way.text.partition(".")
    if not section and flow in flows and own in flows[flow].sections:
        return f"{flow}.{own}"
    if own in flows:
        target = flows[own]
        return f"{own}.{section}" if section in target.sections else "" if section else target.start
    return ""


def targets(flows: dict[str, Flow], flow: str, text: str) -> list[str]:
    """What a way that leads nowhere may have been meant to name: sections and flows, as they are written there."""
    owner, dot, _ = text.partition(".")
    if dot:
        owners = [owner] if owner in flows else [*flows]
        return [f"{name}.{section}" for name in owners for section in flows[name].sections]
    own = flows[flow].sections if flow in flows else ()
    return [*own, *(name for name in flows if name != flow)]


def meant(flows: dict[str, Flow], flow: str, way: Way) -> str:
    """The block a way that leads nowhere was probably meant to name; "" for none."""
    near = nearest(way.text, targets(flows, flow, way.text))
    return resolve(flows, flow, Way(text=near)) if near else ""
