"""FreeSWITCH's X-PRE-PROCESS: turns a configuration folder into one XML text that remembers where each line came from.

Owns: ``set``, ``include`` (with ``*``), ``env-set`` and ``stun-set`` (read as plain ``set``), ``$${variable}``.
Not here: what the XML means (``confdir.py``). ``exec`` and ``exec-set`` are refused: they run programs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

DIRECTIVE = re.compile(r"<X-PRE-PROCESS\s+cmd\s*=\s*\"([^\"]*)\"\s+data\s*=\s*\"([^\"]*)\"\s*/?>", re.IGNORECASE)
DIRECTIVE_SINGLE = re.compile(r"<X-PRE-PROCESS\s+cmd\s*=\s*'([^']*)'\s+data\s*=\s*'([^']*)'\s*/?>", re.IGNORECASE)
GLOBAL = re.compile(r"\$\$\{([^}]*)\}")
WRAPPING = re.compile(r"<\?xml[^>]*\?>|</?include\s*/?>")
MAX_DEPTH = 20
MAX_BYTES = 16 * 1024 * 1024


class ConfigurationError(Exception):
    """One clear line: place, what is wrong, the mend."""


@dataclass
class Preprocessed:
    """The expanded lines, where each came from, and the global variables met on the way."""

    lines: list[str] = field(default_factory=list)
    places: list[tuple[Path, int]] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    bytes: int = 0

    def place(self, line: int) -> str:
        """``file:line`` of a line (from 1) of the expanded text."""
        if not self.places:
            return "?"
        path, number = self.places[min(max(line, 1), len(self.places)) - 1]
        return f"{path}:{number}"


def preprocess(path: Path, variables: dict[str, str]) -> Preprocessed:
    """Read a file and all it includes. ``variables`` are known beforehand (``conf_dir`` and the like)."""
    result = Preprocessed(variables=dict(variables))
    _read(path, result, 0)
    return result


def _read(path: Path, result: Preprocessed, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ConfigurationError(f"{path}: includes itself through {MAX_DEPTH} files; take one include out")
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror}); give the folder that has it") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    result.bytes += len(text)
    if result.bytes > MAX_BYTES:
        raise ConfigurationError(f"{path}: the configuration is over {MAX_BYTES // 1048576} MB; include less")
    text = blank_comments(text)
    for number, line in enumerate(text.splitlines(), 1):
        _take_line(path, number, line, result, depth)


def blank_comments(text: str) -> str:
    """Replace comments by as many line ends as they had: a directive inside a comment does nothing."""
    return re.sub(r"<!--.*?-->", lambda match: "\n" * match[0].count("\n"), text, flags=re.DOTALL)


def _take_line(path: Path, number: int, line: str, result: Preprocessed, depth: int) -> None:
    if depth:
        line = WRAPPING.sub("", line)
    at = 0
    while match := DIRECTIVE.search(line, at) or DIRECTIVE_SINGLE.search(line, at):
        _append(path, number, line[at : match.start()], result)
        _obey(path, number, match[1].lower(), match[2], result, depth)
        at = match.end()
    _append(path, number, line[at:], result)


def _append(path: Path, number: int, text: str, result: Preprocessed) -> None:
    if text.strip():
        result.lines.append(GLOBAL.sub(lambda match: result.variables.get(match[1], ""), text))
        result.places.append((path, number))


def _obey(path: Path, number: int, command: str, argument: str, result: Preprocessed, depth: int) -> None:
    argument = GLOBAL.sub(lambda match: result.variables.get(match[1], ""), argument)
    if command in ("set", "env-set", "stun-set"):
        name, _, value = argument.partition("=")
        result.variables[name.strip()] = value.strip()
    elif command == "include":
        base = Path(argument)
        folder = path.parent if not base.is_absolute() else Path("/")
        for found in sorted(folder.glob(str(base).lstrip("/"))):
            if found.is_file():
                _read(found, result, depth + 1)
    elif command in ("exec", "exec-set"):
        raise ConfigurationError(f"{path}:{number}: {command} runs programs and is refused; write the value instead")
