"""Installs a Vosk model: fetched or from a file, checked before anything is unpacked, tried before it takes its name.

Owns: fetching, size and sum, safe unpacking, the trial load in a child process, the rename into place.
Not here: which models are known (``models`` and its lock file), the command line. Never called by the daemon.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .messages import base_language
from .models import LockedModel, locked, missing_files, tree_sha256
from .trial import try_model

NOTE = "zongji-model.json"
FETCH_TIMEOUT_S = 30.0
BLOCK = 1 << 20
MOST_UNPACKED = 4 << 30
MOST_FILES = 2_000
Progress = Callable[[str], None]


class InstallError(RuntimeError):
    """The model was not installed and nothing was changed; one line with the reason and the mend."""


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """What now lies in the models folder."""

    language: str
    name: str
    path: Path
    source: str
    sha256: str  # of the archive
    load_s: float
    licence: str


def install(
    language: str,
    source: str | Path | None,
    into: Path,
    *,
    sha256: str | None = None,
    progress: Progress = lambda _text: None,
) -> InstalledModel:
    """Installs the default model of ``language`` into the folder ``into``, from ``source`` (zip file or URL).

    ``sha256`` replaces the locked sum where the operator has checked another archive. Raises InstallError.
    """
    model = _known(language, source)
    wanted, size = sha256 or model.sha256, None if sha256 else model.size
    origin = str(source or model.url)
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into, prefix=".new-") as folder:
        work = Path(folder)
        archive = _obtain(origin, work / "model.zip", wanted, size, progress)
        progress("unpacking")
        unpacked = _unpack(archive, work / "unpacked")
        progress("loading it once")
        load_s = _tried(unpacked, model)
        note = {"name": model.name, "source": origin, "sha256": wanted, "tree_sha256": tree_sha256(unpacked)}
        (unpacked / NOTE).write_text(json.dumps(note, indent=1) + "\n", "utf-8")
        target = into / model.name
        _take_place(unpacked, target, work / "replaced")
    return InstalledModel(model.language, model.name, target, origin, wanted, load_s, model.licence)


def _known(language: str, source: str | Path | None) -> LockedModel:
    """The lock's entry for the language; of several the one the source is named after."""
    try:
        entries = locked(base_language(language))
    except ValueError as error:
        raise InstallError(f"asr: {error}") from None
    if not entries:
        raise InstallError(f"asr: no model for '{language}' is in the lock file; set ASR_MODEL_{language.upper()}")
    named = [entry for entry in entries if source and Path(str(source)).stem == entry.name]
    return (named or entries)[0]


def _obtain(origin: str, target: Path, wanted: str, size: int | None, progress: Progress) -> Path:
    is_remote = origin.startswith(("http://", "https://"))
    if not is_remote and "://" in origin:
        raise InstallError(f"asr: {origin}: give a zip file or an http(s) address")
    progress(f"{'fetching' if is_remote else 'reading'} {origin}")
    try:
        with _opened(origin, is_remote) as stream, target.open("wb") as file:
            found, got = _copied(stream, file, size)
    except OSError as error:  # URLError is one
        mend = "fetch it elsewhere and use --from FILE.zip" if is_remote else "name the zip file of the model"
        raise InstallError(f"asr: {origin}: {getattr(error, 'reason', error)}; {mend}") from None
    if size is not None and got != size:
        raise InstallError(f"asr: {origin} has {_bytes(got, size)}, the lock file says {size}; not installed")
    if found != wanted:
        raise InstallError(f"asr: {origin}: sha256 is {found}, expected {wanted}; not installed")
    return target


def _opened(origin: str, is_remote: bool) -> BinaryIO:
    if is_remote:
        return urllib.request.urlopen(origin, timeout=FETCH_TIMEOUT_S)  # type: ignore[no-any-return]
    return Path(origin).open("rb")


def _copied(stream: BinaryIO, file: BinaryIO, size: int | None) -> tuple[str, int]:
    """(sha256, bytes), reading no more than one block over the expected size."""
    total, digest = 0, hashlib.sha256()
    while block := stream.read(BLOCK):
        total += len(block)
        digest.update(block)
        file.write(block)
        if size is not None and total > size:
            break
    return digest.hexdigest(), total


def _bytes(got: int, size: int) -> str:
    return f"more than {size} bytes" if got > size else f"{got} bytes"


def _unpack(archive: Path, folder: Path) -> Path:
    """The one top folder of the archive, unpacked. Refuses paths that lead out, links and bombs."""
    try:
        with zipfile.ZipFile(archive) as zipped:
            members = zipped.infolist()
            _refuse_odd(members)
            zipped.extractall(folder)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as error:
        raise InstallError(f"asr: the archive is damaged ({error}); fetch it again") from None
    tops = [path for path in folder.iterdir()]
    if len(tops) != 1 or not tops[0].is_dir():
        raise InstallError("asr: the archive does not hold exactly one folder; it is not a model of alphacephei.com")
    return tops[0]


def _refuse_odd(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_FILES or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise InstallError("asr: the archive unpacks to more than any model; not installed")
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
        if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in parts[0] or is_link:
            raise InstallError(f"asr: the archive holds {member.filename!r}, which leads out of its folder; refused")


def _tried(folder: Path, model: LockedModel) -> float:
    problem = missing_files(folder)
    if problem:
        raise InstallError(f"asr: {model.name} {problem}; not installed")
    result = try_model(model.language, "vosk", folder)
    if result.problem:
        raise InstallError(f"asr: {model.name} could not be loaded: {result.problem}; not installed")
    return result.load_s


def _take_place(unpacked: Path, target: Path, aside: Path) -> None:
    if target.exists():
        target.rename(aside)  # removed with the working folder
    shutil.move(unpacked, target)
