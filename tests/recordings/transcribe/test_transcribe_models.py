"""Finding and installing Vosk models: the search order, complete files, and archives nobody should trust."""

from __future__ import annotations

import hashlib
import io
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from recordings.transcribe import install as installing
from recordings.transcribe import models
from recordings.transcribe.commands import InstallError, asr_check, asr_install
from recordings.transcribe.engine import Places
from recordings.transcribe.models import ModelFolder, ModelMissing, find_model, lock
from recordings.transcribe.trial import Trial

EN = "vosk-model-small-en-us-0.15"
FILES = {
    "am/final.mdl": b"m",
    "conf/model.conf": b"--min-active=200\n",
    "conf/mfcc.conf": b"--use-energy=false  # x\n--sample-frequency=16000\n--allow-downsample\n",
    "ivector/final.ie": b"i",
    "graph/HCLr.fst": b"h",
    "graph/Gr.fst": b"g",
}


def make_model(folder: Path, without: str = "") -> Path:
    for name, content in FILES.items():
        if name != without:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    return folder


def make_zip(members: dict[str, bytes] | None = None, top: str = EN) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for name, content in (members or {f"{top}/{name}": content for name, content in FILES.items()}).items():
            zipped.writestr(name, content)
    return out.getvalue()


def write_zip(folder: Path, members: dict[str, bytes] | None = None) -> tuple[Path, str]:
    path = folder / f"{EN}.zip"
    path.write_bytes(make_zip(members))
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def loadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our tiny model cannot really be loaded; the trial by a real worker has its own test."""
    monkeypatch.setattr(installing, "try_model", lambda *_: Trial(load_s=0.1))


def test_the_search_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named, given, site, system = (tmp_path / name for name in ("named", "given", "site", "system"))
    monkeypatch.setattr(models, "SYSTEM_FOLDERS", (system,))
    places = Places({"ASR_MODEL_EN": str(named), "VOSK_MODEL_PATH": str(given)}, site)
    for folder in (system / EN, site / EN, given / EN):
        make_model(folder)
        found = find_model("en", Places({"VOSK_MODEL_PATH": str(given)}, site))
        assert found == ModelFolder(folder, EN)
    make_model(named)
    assert find_model("en", places) == ModelFolder(named, "named")


def test_a_named_folder_that_is_no_model_ends_the_search_with_the_reason(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "half", without="ivector/final.ie")
    found = find_model("en", Places({"ASR_MODEL_EN": str(folder)}))
    assert isinstance(found, ModelMissing)
    assert f"ASR_MODEL_EN={folder} is not a Vosk model: lacks ivector/final.ie" in str(found)


def test_half_a_model_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    make_model(tmp_path / EN, without="graph/Gr.fst")
    found = find_model("en", Places({}, tmp_path))
    assert isinstance(found, ModelMissing) and str(tmp_path / EN) in str(found)


def test_a_language_nobody_knows_says_so() -> None:
    assert "set ASR_MODEL_TLH to the folder of a Vosk model" in str(find_model("tlh", Places()))


def test_what_a_model_says_of_itself(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "m")
    assert (models.sample_rate(folder), models.can_restrict(folder)) == (16_000, True)
    before = models.tree_sha256(folder)
    (folder / "am/final.mdl").write_bytes(b"other")
    assert models.tree_sha256(folder) != before


def test_the_lock_is_complete() -> None:
    assert {model.language for model in lock()} == {"en", "zh"}
    for model in lock():
        assert len(model.sha256) == 64 and model.size > 10_000_000 and model.licence == "Apache-2.0"
        assert model.url.startswith("https://alphacephei.com/") and model.url.endswith(f"/{model.name}.zip")


def test_a_good_archive_takes_its_place_and_a_second_one_replaces_it(tmp_path: Path, loadable: None) -> None:
    archive, total = write_zip(tmp_path)
    into = tmp_path / "models"
    for _ in range(2):
        done = asr_install("en", source=archive, models=into, sha256=total)
        assert (done.path, done.licence, done.sha256) == (into / EN, "Apache-2.0", total)
        assert find_model("en", Places({}, into)) == ModelFolder(into / EN, EN)
    assert [path.name for path in into.iterdir()] == [EN]  # nothing is left behind


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"../evil": b"x"}, "leads out of its folder"),
        ({f"{EN}/../../evil": b"x"}, "leads out of its folder"),
        ({"/etc/evil": b"x"}, "leads out of its folder"),
        ({"..\\evil": b"x"}, "leads out of its folder"),
        ({"a/x": b"x", "b/x": b"x"}, "exactly one folder"),
        ({"x": b"x"}, "exactly one folder"),
        ({f"{EN}/am/final.mdl": b"x"}, "lacks conf/model.conf"),
    ],
)
def test_bad_archives_change_nothing(tmp_path: Path, loadable: None, members: dict[str, bytes], said: str) -> None:
    archive, total = write_zip(tmp_path, members)
    into = tmp_path / "models"
    with pytest.raises(InstallError, match=said):
        asr_install("en", source=archive, models=into, sha256=total)
    assert list(into.iterdir()) == []
    assert not (tmp_path / "evil").exists()


def test_the_sum_and_the_size_of_the_lock_are_checked(tmp_path: Path) -> None:
    archive, _ = write_zip(tmp_path)
    with pytest.raises(InstallError, match="the lock file says 41205931"):
        asr_install("en", source=archive, models=tmp_path / "models")
    with pytest.raises(InstallError, match="sha256 is .* expected 0000"):
        asr_install("en", source=archive, models=tmp_path / "models", sha256="0" * 64)


@pytest.mark.parametrize("source", ["/nowhere/model.zip", "ftp://example.org/model.zip"])
def test_a_source_that_is_none_is_one_line(tmp_path: Path, source: str) -> None:
    with pytest.raises(InstallError) as caught:
        asr_install("en", source=source, models=tmp_path)
    assert "\n" not in str(caught.value) and source in str(caught.value)


def test_a_damaged_archive_is_one_line(tmp_path: Path) -> None:
    archive = tmp_path / f"{EN}.zip"
    archive.write_bytes(make_zip()[:-40])
    with pytest.raises(InstallError, match="the archive is damaged"):
        asr_install(
            "en", source=archive, models=tmp_path / "m", sha256=hashlib.sha256(archive.read_bytes()).hexdigest()
        )


def test_a_model_is_fetched_over_http(tmp_path: Path, loadable: None) -> None:
    content = make_zip()

    class Serve(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == f"/{EN}.zip" else 404)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Serve) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        total = hashlib.sha256(content).hexdigest()
        done = asr_install("en", source=f"{address}/{EN}.zip", models=tmp_path, sha256=total)
        with pytest.raises(InstallError, match="Not Found; fetch it elsewhere and use --from FILE.zip"):
            asr_install("en", source=f"{address}/other.zip", models=tmp_path, sha256=total)
        server.shutdown()
    assert done.path == tmp_path / EN


@pytest.mark.system
def test_a_model_that_cannot_be_loaded_is_not_installed(tmp_path: Path) -> None:
    """A real worker tries it, with real vosk: our six bytes are no model."""
    archive, total = write_zip(tmp_path)
    with pytest.raises(InstallError, match="could not be loaded: "):
        asr_install("en", source=archive, models=tmp_path / "models", sha256=total)
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.system
def test_the_check_tries_what_it_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASR_MODEL_EN", str(make_model(tmp_path / "m")))
    (found,) = asr_check(["en"])
    assert not found.ok and found.engine == "vosk m" and "Failed to create a model" in found.reason
