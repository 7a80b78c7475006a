"""``zongji check``: every mistake of a site's files at once, with line and mend."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from eslapp.cli.language import lang_option
from eslapp.cli.output import console, json_option
from eslapp.services.site_settings import unknown_strategies, wrong_channels
from ivr import checks
from ivr.chinese import in_chinese, problem_in
from ivr.loader import load_site, test_sources
from ivr.problems import Problem
from ivr.site import Site
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
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--tests", "with_tests", is_flag=True, help="Run the tests beside the flows too (flows/*.tests.yaml).")
@lang_option
@json_option
def command(folder: Path, with_tests: bool, language: str, as_json: bool) -> None:
    """Check a site: YAML, flows, prompts, queues.  检查站点配置。"""
    site, problems = load_site(folder)
    count = 0
    if site is not None:
        problems = [*problems, *checks.run(site, today_at(site)), *unknown_strategies(site), *wrong_channels(site)]
    if site is not None and with_tests:
        count, failed = run_tests(site, test_sources(folder))
        problems = [*problems, *failed]
    if as_json:
        click.echo(json.dumps([as_row(problem) for problem in problems], ensure_ascii=False))
    else:
        for problem in problems:
            click.echo(str(problem_in(problem, language)))
        if with_tests:
            console.print(f"{folder}: {count} tests run / 运行了 {count} 个测试")
        if not problems:
            console.print(f"{folder}: no problems found / 没有问题", style="green")
    raise SystemExit(1 if any(problem.severity == "error" for problem in problems) else 0)


def today_at(site: Site) -> date:
    """The date there, for calendars that expire."""
    return datetime.now(ZoneInfo(site.timezone)).date()


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
