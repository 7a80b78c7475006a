"""The revisions of a site on disk: every state of its files that was ever in force, and the history of how.

Owns: ``var/revisions``: one folder of files per revision, ``history.jsonl`` (one line per publication), what is in
force, and writing an old revision back over the author's files. Not here: whether files are good (``judging``), who
runs on which revision (``services.publisher``).

    var/revisions/
      3f2a...91/site.yaml, flows/, articles/      the files as they were, named by their checksum
      history.jsonl                               {"number", "revision", "at", "by", "why", "changed"}
      state.json                                  {"revision", "problems", "canary"}
      replaced/20261129-094501/                   what a rollback wrote over
"""

from __future__ import annotations

import difflib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eslapp.sitedir import SiteDir, read_json, write_json
from ivr.loader import load_site
from ivr.site import Site
from ivr.site_files import ARTICLES

FOLDERS = ("flows", ARTICLES)
KEPT = 60  # revisions whose files are kept; the history of all stays
HISTORY, STATE, REPLACED = "history.jsonl", "state.json", "replaced"


@dataclass(frozen=True, slots=True)
class Entry:
    """One publication. ``changed``: the files that differ from the one before, e.g. ``flows/main.yaml``."""

    number: int
    revision: str
    at: float
    by: str
    why: str
    changed: tuple[str, ...] = ()


class UnknownRevision(ValueError):
    """There is no such revision; the text says which there are."""


class Revisions:
    """The revisions of one site."""

    def __init__(self, site_dir: SiteDir) -> None:
        self._root = site_dir.root
        self.folder = site_dir.var / "revisions"

    # --- files -----------------------------------------------------------------------------------------------------

    @contextmanager
    def staged(self, origin: Path | None = None) -> Iterator[Path]:
        """A private copy of the author's files as they are now (or of ``origin``): judged and kept from there,
        whatever is saved meanwhile."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".staged-") as folder:
            staged = Path(folder) / "site"
            copy_files(origin or self._root, staged)
            (staged / "prompts").symlink_to(self._root / "prompts")
            yield staged

    def keep(self, staged: Path, revision: str) -> None:
        """Keep a staged copy under its name."""
        place = self.folder / revision
        if not place.exists():
            os.replace(staged, place)

    def path(self, revision: str) -> Path:
        """Where the files of a revision are."""
        return self.folder / revision

    def load(self, revision: str) -> Site | None:
        """A kept revision, read again; None where its files are gone."""
        place = self.folder / revision
        if not revision or not (place / "site.yaml").is_file():
            return None
        site, _ = load_site(place)
        return site

    # --- history ---------------------------------------------------------------------------------------------------

    def history(self) -> list[Entry]:
        """All publications, the oldest first. A line that cannot be read (a full disk) is left out."""
        try:
            lines = (self.folder / HISTORY).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        found = []
        for line in lines:
            try:
                told = json.loads(line)
                found.append(Entry(**{**told, "changed": tuple(told["changed"])}))
            except (ValueError, TypeError, KeyError):
                continue
        return found

    def note(self, revision: str, *, at: float, by: str, why: str) -> Entry:
        """Add a publication to the history, and let go of the oldest files."""
        past = self.history()
        before = files_of(self.path(past[-1].revision)) if past else {}
        after = files_of(self.path(revision))
        names = sorted(before.keys() | after.keys())
        changed = tuple(name for name in names if before.get(name) != after.get(name)) if past else ()
        entry = Entry(past[-1].number + 1 if past else 1, revision, at, by, why, changed)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / HISTORY).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return entry

    def prune(self, in_use: frozenset[str]) -> None:
        """Remove the files of revisions that are old and that nobody runs on."""
        recent = list(dict.fromkeys(entry.revision for entry in reversed(self.history())))
        wanted = {*recent[:KEPT], *in_use}
        for place in self.folder.iterdir() if self.folder.exists() else ():
            if place.is_dir() and (place / "site.yaml").is_file() and place.name not in wanted:
                shutil.rmtree(place, ignore_errors=True)

    def find(self, wish: str) -> Entry:
        """By number (``3``), by the beginning of the checksum, or ``previous``. Raises ``UnknownRevision``."""
        past = self.history()
        if wish == "previous":
            older = [entry for entry in past if entry.revision != past[-1].revision]
            found = older[-1:]
        else:
            by_name = [one for one in past if len(wish) >= 4 and one.revision.startswith(wish)]
            found = [entry for entry in past if str(entry.number) == wish] or by_name
        if not found:
            known = f"there are 1 to {past[-1].number}" if past else "nothing has been published yet"
            raise UnknownRevision(f"there is no revision {wish!r}; {known}; see: zongji flow history")
        if not (self.path(found[-1].revision) / "site.yaml").is_file():
            raise UnknownRevision(f"the files of revision {wish} are no longer kept; see: zongji flow history")
        return found[-1]

    def diff(self, old: Path, new: Path) -> str:
        """What differs between two folders of files, as a unified diff."""
        before, after = files_of(old), files_of(new)
        lines: list[str] = []
        for name in sorted(before.keys() | after.keys()):
            found = difflib.unified_diff(lines_of(before, name), lines_of(after, name), f"a/{name}", f"b/{name}")
            lines += [line if line.endswith("\n") else f"{line}\n" for line in found]
        return "".join(lines)

    # --- what is in force --------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """``revision`` in force, ``problems`` of the files as they are, ``canary``; ``{}`` before the first."""
        return read_json(self.folder / STATE) or {}

    def write_state(self, **facts: Any) -> None:
        """Merge facts into the state."""
        write_json(self.folder / STATE, {**self.state(), **facts})

    def write_back(self, revision: str) -> Path:
        """Put a revision's files in place of the author's; those are kept in the folder that is returned."""
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        replaced = self.folder / REPLACED / stamp
        copy_files(self._root, replaced)
        wanted, present = files_of(self.path(revision)), files_of(self._root)
        for name, content in wanted.items():
            if present.get(name) != content:
                write_file(self._root / name, content)
        for name in present.keys() - wanted.keys():
            (self._root / name).unlink()
        return replaced


def names_of(root: Path) -> list[Path]:
    """The author's files of a site (tests beside the flows included), without prompts."""
    found = [root / "site.yaml"]
    for folder in FOLDERS:
        found += sorted((root / folder).glob("*.yaml"))
    return [file for file in found if file.is_file()]


def files_of(root: Path) -> dict[str, bytes]:
    """Their contents by relative name."""
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in names_of(root)}


def lines_of(files: dict[str, bytes], name: str) -> list[str]:
    """One of them as lines; none where it is not there."""
    return files.get(name, b"").decode("utf-8", "replace").splitlines(keepends=True)


def copy_files(root: Path, target: Path) -> None:
    """Copy the author's files."""
    for file in names_of(root):
        place = target / file.relative_to(root)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(file, place)


def write_file(place: Path, content: bytes) -> None:
    """Replace a file at once, keeping its permissions: no reader sees a half."""
    place.parent.mkdir(parents=True, exist_ok=True)
    mode = place.stat().st_mode & 0o777 if place.exists() else 0o644
    handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(temporary, mode)
    os.replace(temporary, place)
