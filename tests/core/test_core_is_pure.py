"""The pure floor: ``eslapp.core`` imports itself and a short list of the standard library, nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "eslapp" / "core"
ALLOWED = {
    "__future__",
    "abc",
    "bisect",
    "collections",
    "dataclasses",
    "enum",
    "functools",
    "heapq",
    "importlib",
    "itertools",
    "json",
    "math",
    "pkgutil",
    "re",
    "types",
    "typing",
}


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda path: str(path.relative_to(CORE)))
def test_imports(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    outside = {name.split(".")[0] for name in names if not name.startswith("eslapp.core")}
    assert outside <= ALLOWED, f"{path.name} imports {outside - ALLOWED}"
    deep = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level > 2]
    assert not deep, "a relative import that leaves eslapp.core"
