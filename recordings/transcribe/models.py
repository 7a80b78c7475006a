"""Finds Vosk models on this machine and tells whether their files are complete. Loads and downloads nothing.

Owns: the search order, the required files, the lock file.
Not here: fetching (``install``), loading (``engines.vosk``).
Order: ASR_MODEL_<LANGUAGE>, VOSK_MODEL_PATH/<name>, the site's var/models, /var/lib/zongji/models, /usr/share/vosk.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .engine import Places

LOCK = Path(__file__).with_name("models.lock.json")
SYSTEM_FOLDERS = (Path("/var/lib/zongji/models"), Path("/usr/share/vosk"))
REQUIRED = ("am/final.mdl", "conf/model.conf", "conf/mfcc.conf", "ivector/final.ie")
GRAPHS = (("graph/HCLr.fst", "graph/Gr.fst"), ("graph/HCLG.fst",))


@dataclass(frozen=True, slots=True)
class LockedModel:
    """One line of the lock file."""

    language: str
    name: str
    url: str
    size: int
    sha256: str
    licence: str


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder with all files of a model."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class ModelMissing:
    """No model for the language. ``problem``: a folder was named but is not a model."""

    language: str
    looked: tuple[str, ...]
    problem: str = ""

    def __str__(self) -> str:
        mend = f"run 'zongji asr install {self.language}' or set {variable(self.language)}"
        if not locked(self.language):
            mend = f"set {variable(self.language)} to the folder of a Vosk model"
        if self.problem:
            return f"asr: {self.problem}; {mend}"
        places = ", ".join(self.looked) or "no folder (no model of this language is known by name)"
        return f"asr: model for '{self.language}' not found; looked in {places}; {mend}"


@cache
def lock() -> tuple[LockedModel, ...]:
    return tuple(LockedModel(**entry) for entry in json.loads(LOCK.read_text("utf-8"))["models"])


def locked(language: str) -> list[LockedModel]:
    """The known models of a language, the default first."""
    return [model for model in lock() if model.language == language]


def variable(language: str) -> str:
    return f"ASR_MODEL_{language.upper()}"


def find_model(language: str, places: Places) -> ModelFolder | ModelMissing:
    """The first complete model folder in the search order; a named folder that is wrong ends the search."""
    named = places.environ.get(variable(language), "")
    if named:
        problem = missing_files(Path(named))
        if problem:
            return ModelMissing(language, (named,), f"{variable(language)}={named} is not a Vosk model: {problem}")
        return ModelFolder(Path(named).resolve(), Path(named).resolve().name)
    looked: list[str] = []
    for folder in _folders(places):
        for model in locked(language):
            path = folder / model.name
            if path.is_dir() and not missing_files(path):
                return ModelFolder(path, model.name)
            looked.append(str(path))
    return ModelMissing(language, tuple(looked))


def _folders(places: Places) -> list[Path]:
    given = places.environ.get("VOSK_MODEL_PATH", "")
    own = [Path(given)] if given else []
    site = [places.site_models] if places.site_models else []
    return [*own, *site, *SYSTEM_FOLDERS]


def missing_files(folder: Path) -> str:
    """Empty where the folder is a complete model; else what it lacks (Vosk itself only says "failed")."""
    if not folder.is_dir():
        return "no such folder"
    lacking = [name for name in REQUIRED if not _has(folder, name)]
    if not any(all(_has(folder, name) for name in graph) for graph in GRAPHS):
        lacking.append("graph/HCLr.fst with graph/Gr.fst, or graph/HCLG.fst")
    return f"lacks {', '.join(lacking)}" if lacking else ""


def can_restrict(folder: Path) -> bool:
    """Whether the model takes a grammar: only those with a look-ahead graph (small, lgraph)."""
    return all(_has(folder, name) for name in GRAPHS[0])


def sample_rate(folder: Path) -> int:
    """What the model was trained at (``--sample-frequency`` of its conf/mfcc.conf); 16000 where it does not say."""
    for line in (folder / "conf/mfcc.conf").read_text("utf-8", errors="replace").splitlines():
        option, _, value = line.split("#")[0].strip().partition("=")
        if option == "--sample-frequency" and value.strip().replace(".", "", 1).isdigit():
            return int(float(value))
    return 16_000


def tree_sha256(folder: Path) -> str:
    """One sum over all files of a model, names included (the note of the installation left out)."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "zongji-model.json"):
        with path.open("rb") as file:
            total.update(f"{path.relative_to(folder)}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()


def _has(folder: Path, name: str) -> bool:
    path = folder / name
    return path.is_file() and path.stat().st_size > 0
