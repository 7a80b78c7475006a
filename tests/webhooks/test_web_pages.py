"""The pages' files: nothing inline, nothing from elsewhere, no markup made of text; words in both languages."""

from __future__ import annotations

import doctest
import hashlib
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest
from house import House
from structlog.testing import capture_logs

import webhooks

ROOT = Path(webhooks.__file__).parent
PAGES = [ROOT / "workbench" / "index.html", ROOT / "chat" / "index.html"]
SCRIPTS = sorted([*(ROOT / "workbench").glob("*.js"), *(ROOT / "chat").glob("*.js")])
STYLES = sorted([*(ROOT / "workbench").glob("*.css"), *(ROOT / "chat").glob("*.css")])
VENDORED = ROOT / "workbench" / "vendor"
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\(.style|dangerouslySet"
)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.parent.name)
def test_pages_have_nothing_inline_and_nothing_from_elsewhere(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    assert not re.search(r"<style|style=|\son\w+=|javascript:", html)
    assert all(re.search(r'src="/', tag) for tag in re.findall(r"<script[^>]*>", html))
    assert not re.search(r"https?://", html)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_scripts_never_make_markup_of_text(script: Path) -> None:
    source = script.read_text(encoding="utf-8")
    assert not FORBIDDEN.search(source)
    addresses = set(re.findall(r"https?://[^\s\"'`)]+", source))
    places = {address for address in addresses if address.startswith("https://www.openstreetmap.org/?mlat=${Number(")}
    assert addresses - places <= {"http://www.w3.org/2000/svg", "https://desk.example.com/chat/widget.js"}


@pytest.mark.parametrize("style", STYLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_styles_load_nothing_from_elsewhere(style: Path) -> None:
    assert not re.search(r"@import|url\(\s*['\"]?https?:", style.read_text(encoding="utf-8"))


def test_the_vendored_files_are_those_their_note_names() -> None:
    note = (VENDORED / "README.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"^\| `([\w.-]+\.js)`.*`([0-9a-f]{64})`", note, re.MULTILINE))
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDORED.glob("*.js")}
    assert found == named
    licences = set(re.findall(r"`(LICENSE\.\w+)`", note))
    assert licences == {path.name for path in VENDORED.glob("LICENSE.*")} and "LICENSE.jssip" in licences


def keys_of(source: str, start: str) -> set[str]:
    body = source[source.index(start) :]
    body = body[: body.index("\n  }," if start.startswith("  ") else "\n};")]
    return set(re.findall(r"(?:^|[\s{,])(\w+): \"", body))


def test_both_languages_have_the_same_words() -> None:
    workbench = (ROOT / "workbench" / "words.js").read_text(encoding="utf-8")
    chat = (ROOT / "chat" / "words.js").read_text(encoding="utf-8")
    assert keys_of(workbench, "const EN") == keys_of(workbench, "const ZH") and len(keys_of(workbench, "const EN")) > 60
    assert keys_of(chat, "  en: {") == keys_of(chat, "  zh: {") and len(keys_of(chat, "  en: {")) > 25


def test_every_word_that_is_used_exists_and_every_word_is_used() -> None:
    for folder in ("workbench", "chat"):
        words = (ROOT / folder / "words.js").read_text(encoding="utf-8")
        known = keys_of(words, "const EN" if folder == "workbench" else "  en: {")
        source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / folder).glob("*.js"))
        used = set(re.findall(r"\bt\(\"(\w+)\"", source))
        assert used <= known, used - known
        prefixes = tuple(re.findall(r"`(\w+_)\$\{", source))
        quoted = set(re.findall(r"\"(\w+)\"", source.replace(words, "")))
        states = {"connecting", "connected", "wrap_up", "rna"}
        unused = {word for word in known - used - quoted - states if not word.startswith(prefixes)}
        assert not unused, unused


@pytest.mark.parametrize(
    "path",
    [
        "/workbench/../app.py",
        "/workbench/%2e%2e/app.py",
        "/workbench/vendor/README.md",
        "/chat/routes.py",
        "/workbench/",
    ],
)
def test_only_pages_files_are_served(shared: House, path: str) -> None:
    assert shared.client().get(path).status_code == 404


def test_files_are_asked_again_and_answered_shortly(shared: House) -> None:
    first = shared.client().get("/workbench/main.js")
    assert first.headers["Content-Type"].startswith("text/javascript") and first.headers["Cache-Control"] == "no-cache"
    again = shared.client().get("/workbench/main.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_the_sites_name_is_escaped(shared: House) -> None:
    with shared.app.test_request_context("/"):
        from flask import render_template_string

        page = PAGES[1].read_text(encoding="utf-8")
        shown = render_template_string(page, name_en='"><script>x</script>', people="here")
    assert "<script>x" not in shown and "x&lt;/script" in shown
    page = shared.client().get("/chat").text
    assert '<meta name="site-name" lang="en" content="Morning Light Appliances">' in page
    assert '<meta name="site-name" lang="zh" content="晨光电器">' in page


def modules() -> list[str]:
    """Those with examples."""
    return [name for _, name, _ in pkgutil.walk_packages(webhooks.__path__, "webhooks.") if ">>>" in source_of(name)]


def source_of(name: str) -> str:
    return inspect.getsource(importlib.import_module(name))


def test_the_examples_in_docstrings_hold() -> None:
    tried = 0
    for name in modules():
        with capture_logs():  # of the house behind, whose threads would print into an example
            results = doctest.testmod(importlib.import_module(name))
        assert results.failed == 0, name
        tried += results.attempted
    assert tried > 8


def test_the_web_knows_nothing_of_services_and_switch() -> None:
    for path in ROOT.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(from|import) eslapp\.(services|esl)\b", source, re.MULTILINE), path
