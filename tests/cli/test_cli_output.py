"""What commands print for people: whole words in tables, short times, ids by their first letters."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eslapp.cli import main
from eslapp.core.model import Interaction, Medium
from eslapp.sitedir import SiteDir
from eslapp.store import Store, interactions

DEMO = Path(__file__).parents[2] / "ivr" / "sites" / "demo"
IDS = ["ab" + "1" * 30, "ab" + "2" * 30, "cd" + "3" * 30]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("house") / "site"
    shutil.copytree(DEMO, root, ignore=shutil.ignore_patterns("var"))
    database = SiteDir(root).database
    store = Store(database).open(at=1.0)
    for at, name in zip((1.0, time.time(), time.time()), IDS, strict=True):
        one = Interaction(name, "c", "website", Medium.TEXT, name, at, queue="orders", chain=name)
        store.write(lambda tx, one=one: interactions.put(tx, one))  # type: ignore[misc]
    store.close()
    return root


def said(site: Path, *words: str, columns: str = "") -> Result:
    return CliRunner().invoke(main, [*words, "--site", str(site)], env={"COLUMNS": columns, "LANG": "C.UTF-8"})


@pytest.mark.parametrize(("letters", "code"), [("cd", 0), (IDS[0], 0), ("ab", 1), ("ef", 1), ("%", 1), ("", 1)])
@pytest.mark.parametrize("verb", [("why",), ("interaction", "show")])
def test_the_first_letters_do(site: Path, verb: tuple[str, ...], letters: str, code: int) -> None:
    told = said(site, *verb, letters)
    assert told.exit_code == code, told.output
    if letters == "ab":
        assert IDS[0] in told.output and IDS[1] in told.output and IDS[2] not in told.output
    elif code:
        assert "no such interaction" in told.output


def test_words_are_whole_and_times_short(site: Path) -> None:
    table = said(site, "interaction", "ls", columns="80").output.splitlines()
    assert len(table) == 1 + len(IDS)
    assert [row.split()[0] for row in table[1:]] == ["cd3333333333", "ab2222222222", "ab1111111111"]
    assert table[1].split()[5].count(":") == 2 and "01-01 " in table[3]


def test_what_goes_into_a_file_is_broken_nowhere(site: Path) -> None:
    told = said(site, "channel", "ls").output.splitlines()
    assert len(told) == 1 + len(json.loads(said(site, "channel", "ls", "--json").output))
