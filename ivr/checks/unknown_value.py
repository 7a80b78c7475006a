"""A ``$(...)`` or condition that reads a value nobody sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from ivr.check import Check
from ivr.fields import Text, is_file
from ivr.filled import ENV
from ivr.graph import Position, Survey
from ivr.kinds import QUEUE_FACTS, given_kinds
from ivr.problems import Place, Problem, did_you_mean, nearest, quote
from ivr.scene import BUILT_IN_NAMES
from ivr.scopes import Scope, Scopes
from ivr.step import Step
from ivr.steps.branch import Branch
from ivr.steps.call import CallStep
from ivr.steps.return_ import ReturnStep
from ivr.templates import parse_template


class UnknownValue(Check):
    """Names come from steps that keep values, ``contact.``, ``call.``, ``calendar.NAME`` and ``queue.NAME.waiting``,
    ``.wait`` and ``.ready``. A subflow knows what it is given or sets, and its caller what it has saved of that."""

    code = "unknown_value"
    needs_names = ("queues", "calendars")
    chinese: ClassVar[dict[str, str]] = {
        "{} is the operator's: it is for the address and headers of a "
        "lookup": "{} 是运维用的：只能用在 lookup 的地址和头里",
        "write the words themselves here": "请在这里直接写出文字",
        "nobody sets {}": "没有人设置过 {}",
        "write a word in quotes: {}": "文字请放进引号：{}",
        "no call of {} takes {}": "{} 的 call 都没有取用 {}",
        "the subflow {} has values of its own, and {} is none of them": "子流程 {} 有自己的值，{} 不在其中",
        "give it to the call of {}: 'with: {{}: $({})}'": "请在 {} 的 call 里交给它：'with: {{}: $({})}'",
        "nobody reads {}": "没有人读取 {}",
        "{} is known only inside a subflow": "{} 只在子流程里已知",
        "add 'save: {{}: {}}' to its call": "请在它的 call 里加上 'save: {{}: {}}'",
        "the subflow {} gives no {} back": "子流程 {} 不返回 {}",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        known = self._known(survey)
        scopes = Scopes(survey)
        calls = [step for _, step in survey.steps() if isinstance(step, CallStep)]
        read = {name for _, step in survey.steps() for _, name in _reads(step)}
        unread = {mine: call.place("save", mine, key=True) for call in calls for mine in call.save if mine not in read}
        for position, step in survey.steps():
            if isinstance(step, ReturnStep) and not survey.site.unread.is_torn:
                called = {scope.called for scope in scopes.of(position)}
                wanted = {theirs for call in calls if call.flow.text in called for theirs in call.save.values()}
                yield from self._not_taken(scopes, position, step, wanted)
            for name, place in {name: place for place, name in reversed(list(_reads(step)))}.items():
                if name in survey.site.unread.words:
                    continue
                if name.startswith(ENV):
                    text = f"{quote(name)} is the operator's: it is for the address and headers of a lookup"
                    yield self.problem(place, text, "write the words themselves here")
                elif name not in known:
                    mend = _mend(name, known)
                    if isinstance(step, Branch) and "." not in name and not nearest(name, known):
                        mend = f'write a word in quotes: "{name}"'
                    yield self.problem(place, f"nobody sets {quote(name)}", mend)
                elif "." not in name and name not in BUILT_IN_NAMES and not _is_saved(step, name):
                    yield from self._not_here(scopes, position, place, name, unread)
            if isinstance(step, CallStep) and step.flow.block and not survey.site.unread.is_torn:
                yield from self._not_given_back(
                    step, scopes.subflows.get(step.flow.block), known, survey.site.unread.words
                )

    def _not_here(
        self, scopes: Scopes, position: Position, place: Place, name: str, unread: Mapping[str, Place]
    ) -> Iterator[Problem]:
        """``unread``: results that a call saves and nobody reads."""
        for scope in scopes.of(position):
            if name in scope.known:
                continue
            near = "" if scope.called else nearest(name, unread)
            if near:
                place, text, mend = unread[near], f"nobody reads {quote(near)}", f"did you mean {name!r}?"
            elif scope.called:
                text = f"the subflow {quote(scope.called)} has values of its own, and {quote(name)} is none of them"
                mend = f"give it to the call of {scope.called!r}: 'with: {{{name}: $({name})}}'"
            else:
                text, mend = (
                    f"{quote(name)} is known only inside a subflow",
                    f"add 'save: {{{name}: {name}}}' to its call",
                )
            yield self.problem(place, text, mend)
            return

    def _not_taken(self, scopes: Scopes, position: Position, step: ReturnStep, wanted: set[str]) -> Iterator[Problem]:
        """A result that no call saves, where one is saved that is written nearly so."""
        for scope in scopes.of(position):
            for name in step.values if scope.called else ():
                near = nearest(name, wanted - set(step.values))
                if name not in wanted and near:
                    text = f"no call of {quote(scope.called)} takes {quote(name)}"
                    yield self.problem(step.place("values", name, key=True), text, f"did you mean {near!r}?")

    def _not_given_back(
        self, step: CallStep, subflow: Scope | None, known: set[str], unread: frozenset[str]
    ) -> Iterator[Problem]:
        if subflow is None:
            return
        given = subflow.known | subflow.results | unread
        for mine, theirs in step.save.items():
            if theirs in known and theirs not in given and "." not in theirs:
                text = f"the subflow {quote(subflow.called)} gives no {quote(theirs)} back"
                yield self.problem(step.place("save", mine), text, did_you_mean(theirs, given))

    def _known(self, survey: Survey) -> set[str]:
        site = survey.site
        known = {*given_kinds(site)}
        known.update(f"calendar.{name}" for name in site.unread.known("calendars", ()))
        known.update(f"queue.{name}.{fact}" for name in site.unread.known("queues", ()) for fact in QUEUE_FACTS)
        for _, step in survey.steps():
            known.update(step.names_set())
        return known


def _mend(name: str, known: set[str]) -> str:
    """The same word under another beginning, the nearest name, else those that begin like it."""
    sort, _, own = name.partition(".")
    if own.isupper() and nearest(sort, [ENV.rstrip(".")]):
        return did_you_mean(name, [ENV + own])
    same = [one for one in known if "." in name and one.partition(".")[2] == name.partition(".")[2]]
    if same:
        return did_you_mean(name, same[:1])
    alike = (
        {one for one in known if one.startswith(f"{sort}.")}
        if "." in name
        else {one for one in known if "." not in one}
    )
    return did_you_mean(name, alike or known)


def _is_saved(step: Step, name: str) -> bool:
    """Whether it is read of the subflow's values, not of the caller's."""
    return isinstance(step, CallStep) and name in step.save.values()


def _reads(step: Step) -> Iterator[tuple[Place, str]]:
    """Every name the step reads, with its place."""
    for loc, text in step.texts():
        yield from ((step.place_of(name, *loc, code), name) for code, name in _of_text(text))
    yield from ((step.place_of(name, *loc), name) for loc, name in step.names_read())


def _of_text(text: Text) -> Iterator[tuple[str, str]]:
    for code, prompt in text.root.items():
        if not is_file(prompt):
            yield from ((code, name) for name in _of_template(prompt))


def _of_template(source: str) -> list[str]:
    inserts = [part for part in parse_template(source) if not isinstance(part, str)]
    return sorted({name for insert in inserts for name in insert.node.names()})
