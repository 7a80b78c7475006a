"""Draw the picture of the timeline in the README from the evidence of a real demonstration.

    .venv/bin/zongji demo --once --json out.json
    .venv/bin/python scripts/draw_timeline.py out.json docs/img/timeline.svg

Not here: playing the demonstration (``eslapp.demo``), the picture of the workbench (tests/webhooks/picture.py).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

WIDTH, LINE, TOP = 1160, 21, 52
COLOURS = {"customer": "#7dcfff", "visitor": "#bb9af7", "agent": "#9ece6a", "queue": "#e0af68", "system": "#a9b1d6"}
FRAME = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">
<title>{title}</title>
<style>text {{ font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, "Noto Sans CJK SC", monospace;
white-space: pre }} .at {{ text-anchor: end; fill: #787c99 }} .zh {{ fill: #787c99 }} .good {{ fill: #9ece6a;
font-weight: bold }}</style>
<rect width="{width}" height="{height}" rx="8" fill="#1a1b26"/>
<text x="{middle}" y="26" text-anchor="middle" fill="#c0caf5">$ scripts/run --once</text>
{lines}
</svg>
"""


def main() -> None:
    """Read the evidence of a demonstration that succeeded, write the picture."""
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    evidence = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if not evidence["ok"]:
        raise SystemExit(f"{sys.argv[1]}: this demonstration failed: {'; '.join(evidence['failures'])}")
    Path(sys.argv[2]).write_text(picture(evidence["timeline"]), encoding="utf-8")


def picture(timeline: list[dict[str, Any]]) -> str:
    """One line of text a moment, and the verdict."""
    lines = [moment(TOP + LINE * number, one) for number, one in enumerate(timeline)]
    last = TOP + LINE * len(lines) + 8
    lines.append(
        f'<text x="24" y="{last}" class="good">Everything was observed from outside.'
        f'<tspan class="zh" dx="12">全部步骤均已从外部观察到。</tspan></text>'
    )
    title = "A call and a chat reach one agent through one queue"
    return FRAME.format(width=WIDTH, height=last + 22, middle=WIDTH // 2, title=title, lines="\n".join(lines))


def moment(y: int, one: dict[str, Any]) -> str:
    """Time, who, what in English, what in Chinese."""
    colour = COLOURS[one["who"]]
    chinese = f'<tspan class="zh" dx="14">{escape(one["zh"])}</tspan>' if one["zh"] else ""
    return (
        f'<text class="at" x="72" y="{y}">{one["at_s"]:.1f} s</text>'
        f'<text x="92" y="{y}" fill="{colour}">{one["who"]}</text>'
        f'<text x="172" y="{y}" fill="{colour}">{escape(one["en"])}{chinese}</text>'
    )


if __name__ == "__main__":
    main()
