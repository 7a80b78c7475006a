"""Which files a site has, and their bytes.

Owns: finding and reading ``site.yaml``, ``flows/*.yaml``, their tests and ``articles/*.yaml``; each file that cannot
be read is a problem of its own. Not here: what stands in them (``loader``). Hidden files are an editor's own.
"""

from __future__ import annotations

from pathlib import Path

from .problems import Problem
from .strict_yaml import SIZE_BOUND

TESTS = ".tests.yaml"  # beside flows, not one of them: read by ``ivr.trial``
FLOWS, FLOW_FILES_BOUND = "flows", 500
ARTICLES, ARTICLES_BOUND = "articles", 2_000


def read_files(folder: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """``{"flows/main.yaml": ...}`` and the problems of files that cannot be read."""
    sources: dict[str, bytes] = {}
    problems: list[Problem] = []
    flows = [file for file in _listed(folder / FLOWS, ".yaml") if not file.name.endswith(TESTS)]
    site = [folder / "site.yaml"] if _is_there(folder / "site.yaml") else []
    files = [*site, *flows[:FLOW_FILES_BOUND], *_listed(folder / ARTICLES, ".yaml")[:ARTICLES_BOUND]]
    for file in files:
        name = _name(folder, file)
        wrong = _unfit(file)
        try:
            if not wrong:
                sources[name] = _read(file)
        except OSError as error:
            why = "permission denied" if isinstance(error, PermissionError) else str(error.strerror or error)
            wrong = f"the file cannot be read: {why}", "check its permissions"
        if wrong:
            problems.append(Problem(name, 1, 1, *wrong, "file"))
    misnamed = [file for kind in (FLOWS, ARTICLES) for file in _listed(folder / kind, ".yml")]
    problems += [_other_end(folder, file) for file in misnamed if not file.with_suffix(".yaml").exists()]
    return sources, problems


def test_sources(directory: str | Path) -> dict[str, bytes]:
    """The tests beside the flows: ``{"flows/main.tests.yaml": ...}``."""
    folder = Path(directory)
    files = [file for file in _listed(folder / FLOWS, TESTS) if file.is_file()][:FLOW_FILES_BOUND]
    return {_name(folder, file): _read(file) for file in files}


def _listed(folder: Path, end: str) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if file.name.endswith(end) and not file.name.startswith("."))
    except OSError:
        return []


def _is_there(file: Path) -> bool:
    return file.exists() or file.is_symlink()


def _unfit(file: Path) -> tuple[str, str] | None:
    """Why a file of a right name is none; nothing is opened that might never end."""
    if file.is_file():
        return None
    if file.is_dir():
        return "this is a folder, not a file", "remove it, or give it another name"
    if file.is_symlink() and not file.exists():
        return "the link points to nothing", "correct the link, or remove it"
    return "this is not a regular file", "put a text file there"


def _other_end(folder: Path, file: Path) -> Problem:
    text = "the name does not end with .yaml, and the file is not read"
    return Problem(_name(folder, file), 1, 1, text, f"rename it to {file.stem}.yaml, or remove it", "file")


def _name(folder: Path, file: Path) -> str:
    return file.relative_to(folder).as_posix().encode("utf-8", "replace").decode()


def _read(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(SIZE_BOUND + 1)
