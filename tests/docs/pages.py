"""The commands in our pages: every line of every fenced ``sh`` block, without its comment. Not here: trying them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAIRS = (("README.md", "README.zh-CN.md"), ("docs/operations.md", "docs/operations.zh-CN.md"))
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """One command as it stands in a page."""

    page: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


def blocks(page: str, language: str) -> list[tuple[int, str]]:
    """``(line of the first, text)`` of the page's fenced blocks in this language."""
    content = (ROOT / page).read_text(encoding="utf-8")
    found = [match for match in FENCE.finditer(content) if match[1] == language]
    return [(content.count("\n", 0, match.start(2)) + 1, match[2]) for match in found]


def commands(page: str) -> list[Command]:
    """Every command of the page, in order."""
    return [
        Command(page, first + number, without_comment(line))
        for first, block in blocks(page, "sh")
        for number, line in enumerate(block.splitlines())
        if without_comment(line)
    ]


def without_comment(line: str) -> str:
    """The command before ``  # ...``."""
    return re.split(r"(?:^|\s+)# ", line, maxsplit=1)[0].strip()


def pages() -> list[str]:
    """Every page with fenced ``sh`` blocks: those at the top, those of ``docs`` and of the folders."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")]
    names = sorted({path.relative_to(ROOT).as_posix() for path in found})
    return [name for name in names if commands(name)]
