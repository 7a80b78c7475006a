"""One file is one engine: a file that breaks the rule stops the import and is named."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from recordings.registry import collect
from recordings.speech.engines import ENGINES as VOICES
from recordings.transcribe.engine import Absent, Found, Places
from recordings.transcribe.engines import ENGINES as RECOGNISERS


class Base:
    type = ""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "odd_engines"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith("odd_engines")]:
        monkeypatch.delitem(sys.modules, name)
    return folder


def write(package: Path, name: str, body: str) -> None:
    (package / f"{name}.py").write_text(f"from test_recordings_registry import Base\n{body}")


def test_each_file_gives_its_engine(package: Path) -> None:
    write(package, "one", "class One(Base):\n    type = 'one'\n")
    assert list(collect("odd_engines", [str(package)], Base)) == ["one"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("class One(Base):\n    type = 'two'\n", "must be the file's name 'one'"),
        ("", "found 0"),
        ("class A(Base):\n    type = 'one'\nclass B(Base):\n    type = 'one'\n", "found 2"),
    ],
)
def test_a_file_that_breaks_the_rule_is_named(package: Path, body: str, said: str) -> None:
    write(package, "one", body)
    with pytest.raises(ImportError, match=said) as caught:
        collect("odd_engines", [str(package)], Base)
    assert "one.py" in str(caught.value)


@pytest.mark.parametrize("name", sorted(RECOGNISERS))
def test_every_recogniser_says_what_it_found_or_why_not(name: str, tmp_path: Path) -> None:
    for language in ("en", "zh", "xx"):
        found = RECOGNISERS[name].look(language, Places({}, tmp_path))
        if isinstance(found, Absent):
            assert found.reason.startswith("asr: ")
        else:
            assert isinstance(found, Found) and found.engine == name and found.language == language and found.name


@pytest.mark.parametrize("name", sorted(VOICES))
def test_every_voice_says_why_not_in_one_line(name: str) -> None:
    for language in ("en", "zh-CN", "xx"):
        reason = VOICES[name].why_not(language)
        assert isinstance(reason, str) and "\n" not in reason
