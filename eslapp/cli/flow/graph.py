"""``zongji flow graph``: a flow as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from eslapp.cli.flow import flow_file, open_draft, problems_of
from eslapp.cli.language import spoken_option
from eslapp.cli.output import tell
from ivr.chinese import problem_in
from ivr.drawing import cards_of, mermaid, svg
from ivr.drawing.wording import word


@click.command(
    epilog="""\b
Examples / 例子:
  zongji flow graph shop/flows/main.yaml --out main.svg              steps, keys, queues and problem marks
  zongji flow graph shop/flows/main.yaml --language zh --out main.zh.svg
  zongji flow graph shop/flows/main.yaml --mermaid                   for a wiki or a README
"""
)
@spoken_option
@flow_file
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here; default: the terminal.")
@click.option("--mermaid", "as_mermaid", is_flag=True, help="Mermaid's text instead of SVG.")
@click.option("--language", default="", help="The language of the drawing; default: the site's first.")
def command(file: Path, out: Path | None, as_mermaid: bool, language: str) -> None:
    """Draw a flow: steps, keys, queues, problems.  画出流程图。"""
    site, flow, found = open_draft(file)
    language = language or site.default_language
    problems = [problem_in(one, "zh" if language.startswith("zh") else "en") for one in problems_of(site, flow, found)]
    cards = cards_of(site, flow, language, problems)
    title = f"{site.name_in(language)} · {word('flow', language)} {flow}"
    text = mermaid(cards, title, problems) if as_mermaid else svg(cards, title, language, problems)
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text, encoding="utf-8")
    tell(f"{out}: sections and lists: {len(cards)}, problems: {len(problems)}")
