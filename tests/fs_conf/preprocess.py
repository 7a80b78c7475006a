"""FreeSWITCH's preprocessor, as its source describes it: text first (``$${}``, X-PRE-PROCESS), XML afterwards.

The tests' oracle for what a rendered directory means. Line rules kept on purpose: a line with ``<include>``
or ``<?`` vanishes.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

COMMAND = re.compile(r'<X-PRE-PROCESS\s+cmd="(\w+)"\s+data="([^"]*)"\s*/>')


def document(conf_dir: Path) -> tuple[ElementTree.Element, dict[str, str]]:
    """The whole document and the global variables."""
    variables = {"conf_dir": str(conf_dir)}
    text = "".join(_lines(conf_dir / "freeswitch.xml", variables))
    return ElementTree.fromstring(text), variables


def _lines(path: Path, variables: dict[str, str]) -> list[str]:
    out: list[str] = []
    for raw in path.read_text(encoding="utf-8").splitlines(keepends=True):
        line = re.sub(r"\$\$\{([^}]*)\}", lambda m: variables.get(m[1], ""), raw)
        if "<include>" in line or "</include>" in line or "<?" in line:
            continue
        command = COMMAND.search(line)
        if command is None:
            out.append(line)
        elif command[1] == "set":
            name, _, value = command[2].partition("=")
            variables[name.strip()] = value.strip()
        elif command[1] == "include":
            for found in sorted(path.parent.glob(command[2])):
                out.extend(_lines(found, variables))
        else:
            raise AssertionError(f"{path}: X-PRE-PROCESS {command[1]} is not in the subset")
    return out
