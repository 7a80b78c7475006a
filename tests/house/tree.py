"""What the house tests look at: the files of the tree (what git knows or would take), and the imports of each module.

Not here: the rules themselves (the tests beside this file), who may import whom (``[importlinter]`` in setup.cfg).
"""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("eslapp", "ivr", "recordings", "webhooks")
BINARY = {".wav", ".png", ".gz", ".jpg", ".zip", ".ico", ".pcap", ".dat", ".bin", ".woff2", ".db", ".npz"}
VENDORED = ("webhooks/workbench/vendor/",)


@cache
def files() -> tuple[Path, ...]:
    """Every file of ours, relative to the root; in an unpacked archive without git, all but generated folders."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=30).stdout
        found = {Path(name) for name in names.splitlines()}
    else:
        skipped = {".venv", "var", "build", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis"}
        found = {path.relative_to(ROOT) for path in ROOT.rglob("*") if not skipped & set(path.parts)}
    ours = [path for path in found if (ROOT / path).is_file() and not path.as_posix().startswith(VENDORED)]
    return tuple(sorted(ours))


def python(*folders: str) -> list[Path]:
    """The Python files of these top folders."""
    return [path for path in files() if path.suffix == ".py" and path.parts[0] in folders]


def texts() -> list[Path]:
    """Every file of ours a person reads."""
    return [path for path in files() if path.suffix not in BINARY]


@cache
def text(path: Path) -> str:
    """Its text; bytes that are no UTF-8 (test material) show as they can."""
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


@cache
def syntax(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(text(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of the module (``ast.walk`` takes twice as long)."""
    found: list[ast.AST] = [syntax(path)]
    for node in found:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                found.append(value)
            elif isinstance(value, list):
                found += [each for each in value if isinstance(each, ast.AST)]
    return tuple(found)


@cache
def imports(path: Path, *, top_level_only: bool = False) -> frozenset[str]:
    """Dotted names the module imports absolutely; with ``top_level_only`` those of the moment it is imported."""
    found: set[str] = set()
    for node in syntax(path).body if top_level_only else nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def importers(name: str, *folders: str) -> set[str]:
    """Which files of these folders import the package ``name`` or anything in it."""
    return {
        path.as_posix()
        for path in python(*folders)
        if name.partition(".")[0] in text(path)  # before it is parsed
        and any(found == name or found.startswith(name + ".") for found in imports(path))
    }
