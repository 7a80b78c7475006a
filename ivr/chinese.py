"""Problems in Chinese: English sentences with slots, and what they say in Chinese.

The English text of a problem is its name, as in gettext: ``{}`` in a template stands for what differs. Each check has
the templates of its own sentences (``Check.chinese``), all others stand in ``chinese_faults``. A sentence that no
template fits stays English.
Not here: choosing the language (the command line), finding problems.

>>> in_chinese("there is no queue 'ordrs'"), in_chinese("did you mean 'orders'?")
("没有队列 'ordrs'", "您是不是想写 'orders'？")
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from .chinese_channels import OPTIONS
from .chinese_faults import FAULTS, PATHS
from .problems import Problem

SLOT = re.compile(r"\{([0-9]?)\}")
_BETWEEN = re.compile(r"(, |; | \(|\)$)")
_BOTH = re.compile(r"([^\s:]+:[0-9]+:[0-9]+: )(.*?; .*?) / ([^/]*[\u4e00-\u9fff].*；.*)", re.DOTALL)
_KEY = re.compile(r"(- )?[a-z_]+: ")  # how a line of a file begins
Template = tuple[re.Pattern[str], str]


class Sentences:
    """Templates by their English; the one with the most letters of its own is asked first."""

    def __init__(self, known: Mapping[str, str]) -> None:
        ordered = sorted(known.items(), key=lambda pair: -len(SLOT.sub("", pair[0])))
        self._templates = [(_pattern(english), chinese) for english, chinese in ordered]

    def translate(self, text: str) -> str:
        """In Chinese, what stands in the slots too where it is known; unchanged where nothing fits."""
        told = self.translated(text)
        return told if told != text else _path_of(text)

    def translated(self, text: str) -> str:
        """The same of one sentence, which is no path."""
        for pattern, chinese in self._templates:
            found = pattern.fullmatch(text)
            if found is not None:
                is_code = text.startswith("write ") and any(map(_KEY.match, found.groups()))
                return _filled(chinese, [part if is_code else self.translate(part) for part in found.groups()])
        return text


def in_chinese(text: str) -> str:
    """A problem's text or mend; English where nobody has translated it."""
    return _sentences().translate(text)


def problem_in(problem: Problem, language: str) -> Problem:
    """The same problem in ``zh`` or ``en``."""
    if language != "zh":
        return problem
    return replace(problem, text=in_chinese(problem.text), mend=in_chinese(problem.mend))


def both(problem: Problem) -> str:
    """One line in English and Chinese: for logs and screens that somebody else reads later."""
    chinese = problem_in(problem, "zh")
    return f"{problem} / {chinese.text}；{chinese.mend}" if chinese != problem else str(problem)


def _path_of(text: str) -> str:
    """A path of a contact, ``1, silence (calendar.desk is closed)``, word by word; other text as it is."""
    if text.startswith(("'", '"', "{", "[")):
        return text  # an author's words, or what to write
    parts = _BETWEEN.split(text)
    told = [part if number % 2 else _paths().translated(part) for number, part in enumerate(parts)]
    return "".join(told)


def half(line: str, language: str) -> str:
    """Of a line of ``both`` the one language; any other line as it is."""
    found = _BOTH.fullmatch(line)
    return line if found is None else found[1] + found[3 if language == "zh" else 2]


@lru_cache(maxsize=1)
def _paths() -> Sentences:
    return Sentences(PATHS)


@lru_cache(maxsize=1)
def _sentences() -> Sentences:
    return Sentences(all_sentences())


def all_sentences() -> dict[str, str]:
    """Every template of the reader and the checks."""
    from .checks import CHECKS  # they import what imports us

    known = {**FAULTS, **OPTIONS}
    for check in CHECKS.values():
        known.update(check.chinese)
    return known


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(re.escape(part) for part in SLOT.split(english)[::2]), re.DOTALL)


def _filled(chinese: str, values: list[str]) -> str:
    following: Iterator[str] = iter(values)
    return SLOT.sub(lambda slot: values[int(slot[1])] if slot[1] else next(following), chinese)
