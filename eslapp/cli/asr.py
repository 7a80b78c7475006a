"""``zongji asr``: speech recognition models."""

from __future__ import annotations

import json
from pathlib import Path

import click

from eslapp.cli.output import console, fail, json_option
from eslapp.sitedir import SiteDir
from recordings.transcribe.commands import InstallError, asr_check, asr_install

LANGUAGES = ("en", "zh")


def models_of(site_path: Path | None) -> Path | None:
    """The site's own folder of models."""
    return SiteDir(site_path).models if site_path else None


@click.group(
    epilog="""\b
Examples / 例子:
  zongji asr check                                    which engine writes down which language, tried for real
  zongji asr install en --site ./shop                 download the Vosk model for English into the site
  zongji asr install zh --from vosk-model-small-cn-0.22.zip
"""
)
def command() -> None:
    """Speech recognition.  语音识别模型。"""


@command.command(
    "check",
    epilog="""\b
Examples / 例子:
  zongji asr check                    every language we know, each tried with a recording
  zongji asr check zh --site ./shop   Chinese, with the models of the site
""",
)
@click.argument("languages", nargs=-1)
@click.option("--site", "site_path", type=click.Path(file_okay=False, path_type=Path), help="Look in its models too.")
@json_option
def check_it(languages: tuple[str, ...], site_path: Path | None, as_json: bool) -> None:
    """Which engine and model serve each language; exit 1 where one has none.  检查各语言的识别引擎和模型。"""
    found = asr_check(languages or LANGUAGES, models=models_of(site_path))
    if as_json:
        click.echo(json.dumps([one.as_json() for one in found], ensure_ascii=False))
    else:
        for one in found:
            text = f"{one.engine} {one.path} (loads in {one.load_s:.1f} s)" if one.ok else one.reason
            console.print(f"{one.language}: {text}", style="green" if one.ok else "yellow", markup=False)
    raise SystemExit(0 if all(one.ok for one in found) else 1)


@command.command(
    "install",
    epilog="""\b
Examples / 例子:
  zongji asr install en --site ./shop
  zongji asr install zh --from vosk-model-small-cn-0.22.zip --site ./shop   a file you brought along
""",
)
@click.argument("language", type=click.Choice(LANGUAGES))
@click.option("--from", "source", help="A zip file or address instead of the official one.")
@click.option("--sha256", help="The checksum of a zip that is not the official one.")
@click.option("--site", "site_path", type=click.Path(file_okay=False, path_type=Path), help="Install into this site.")
def install_it(language: str, source: str | None, sha256: str | None, site_path: Path | None) -> None:
    """Install the Vosk model of a language: checked, tried once, then moved into place.  安装 Vosk 语音模型。"""
    try:
        installed = asr_install(
            language, source=source, sha256=sha256, models=models_of(site_path), progress=console.print
        )
    except InstallError as error:
        fail(str(error))
    console.print(f"{language}: {installed.path}", style="green")
