"""``zongji check``: every mistake of a site's files at once, with line and mend."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from eslapp.cli.language import lang_option
from eslapp.cli.output import counted, json_option
from eslapp.core.phone_numbers import as_told, country_of
from eslapp.examining import examined
from ivr.chinese import in_chinese, problem_in
from ivr.loader import load_draft
from ivr.problems import Problem
from ivr.site_files import ARTICLES, FLOWS, test_sources
from ivr.trial import run_tests


@click.command(
    epilog="""\b
Examples / 例子:
  zongji check ./shop            one line per problem: file:line:column: problem; mend
  zongji check ./shop --tests    and run the tests beside the flows
  zongji check ./shop --lang zh  in Chinese (usually as the terminal speaks)
  zongji check ./shop --json     for machines, in both languages; exit 1 where anything is an error
"""
)
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--tests", "with_tests", is_flag=True, help="Run the tests beside the flows too (flows/*.tests.yaml).")
@lang_option
@json_option
def command(folder: Path, with_tests: bool, language: str, as_json: bool) -> None:
    """Check a site: YAML, flows, prompts, queues.  检查站点配置。"""
    folder = site_of(folder)
    site, problems = examined(folder, today_at(folder))
    count = 0
    if site is not None and with_tests and not site.unread:
        count, failed = run_tests(
            site, test_sources(folder), as_told=partial(as_told, country=country_of(site.country, site.timezone))
        )
        problems = [*problems, *failed]
    if as_json:
        click.echo(json.dumps([as_row(problem) for problem in problems], ensure_ascii=False))
    else:
        tell(problems, folder, language, count if with_tests else None)
    raise SystemExit(1 if any(problem.severity == "error" for problem in problems) else 0)


def tell(problems: list[Problem], folder: Path, language: str, tests: int | None = None) -> None:
    """One line per problem, warnings marked, and a last line with the sum; ``tests``: how many were run."""
    for problem in problems:
        click.echo(line_of(problem, language))
    if tests is not None:
        click.echo(f"{folder}: " + {"zh": f"运行了 {tests} 个测试", "en": f"{counted(tests, 'test')} run"}[language])
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    said = {
        "zh": f"{errors} 个错误，{warnings} 个警告" if problems else "没有问题",
        "en": f"{counted(errors, 'error')}, {counted(warnings, 'warning')}" if problems else "no problems found",
    }
    click.secho(f"{folder}: {said[language]}", fg="red" if errors else "yellow" if warnings else "green")


def line_of(problem: Problem, language: str) -> str:
    """``file:line:column: problem; mend``; of a warning with the word before it. Colours only on a terminal."""
    told = problem_in(problem, language)
    is_error = problem.severity == "error"
    mark = "" if is_error else {"zh": "警告：", "en": "warning: "}[language]
    place = click.style(f"{told.file}:{told.line}:{told.column}:", bold=True)
    text = click.style(f"{mark}{told.text}", fg="red" if is_error else "yellow")
    return f"{place} {text}; {told.mend}"


def site_of(place: Path) -> Path:
    """The site's folder, of one of its files too."""
    if place.is_dir():
        return place
    folder = place.resolve().parent
    return folder.parent if folder.name in (FLOWS, ARTICLES) else folder


def today_at(folder: Path) -> date:
    """The date there, for calendars that expire."""
    site, _ = load_draft(folder)
    return datetime.now(ZoneInfo(site.timezone if site is not None else "UTC")).date()


def as_row(problem: Problem) -> dict[str, object]:
    """A problem as plain values."""
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "code": problem.code,
        "severity": problem.severity,
        "text": problem.text,
        "mend": problem.mend,
        "text_zh": in_chinese(problem.text),
        "mend_zh": in_chinese(problem.mend),
    }
