"""Cards as Mermaid's flowchart, for pages that draw it themselves (GitHub, GitLab, wikis).

Owns: the text. Not here: what is on the cards (``cards``).
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from ivr.problems import Problem

from .cards import Q_STYLE, Card, Port

TEXT_BOUND = 48
CLASSES = """  classDef start stroke:#1f6feb,stroke-width:3px
  classDef queue fill:#dff3e0
  classDef error stroke:#c62828,stroke-width:3px
  classDef warning stroke:#c77700,stroke-width:3px"""


def mermaid(cards: list[Card], title: str, problems: Iterable[Problem] = ()) -> str:
    """The flowchart; problems are comments and marked cards."""
    names = {card.id: f"n{number}" for number, card in enumerate(cards)}
    told = list(problems)
    lines = ["---", f"title: {_plain(title)}", "---", "flowchart LR"]
    lines += [f"  %% {number}. {_plain(str(problem))}" for number, problem in enumerate(told, start=1)]
    lines += [f'  {names[card.id]}["{_content(card)}"]' for card in cards]
    ends = 0
    for card in cards:
        for row in card.rows:
            for port in row.ports:
                if port.target:
                    lines.append(f'  {names[card.id]} -->|"{_label(port)}"| {names[port.target]}')
                elif port.told.startswith("↻"):
                    lines.append(f'  {names[card.id]} -->|"{_label(port)}"| {names[card.id]}')
                else:
                    ends += 1
                    lines.append(f'  {names[card.id]} -->|"{_label(port)}"| e{ends}(["{_text(port.told)}"])')
        if card.onward in names:
            lines.append(f"  {names[card.id]} -.-> {names[card.onward]}")
    for card in cards:
        lines += [f"  class {names[card.id]} {kind}" for kind in _kinds(card)]
    return "\n".join([*lines, CLASSES]) + "\n"


def _content(card: Card) -> str:
    rows = [f"<b>{_text(card.title)}</b>"]
    for row in card.rows:
        marks = "".join(f" ⚠{number}" for number in row.problems)
        rows.append(f"{_text(row.title)}: {_text(row.text)}{marks}" if row.text else f"{_text(row.title)}{marks}")
    return "<br/>".join(rows)


def _label(port: Port) -> str:
    return _text(f"{port.key} {port.text}".strip())


def _text(text: str) -> str:
    """No letter of it can end the quotes or mean something to Mermaid."""
    short = text if len(text) <= TEXT_BOUND else text[: TEXT_BOUND - 1] + "…"
    safe = escape(short, quote=True).replace("&quot;", "#quot;").replace("&#x27;", "#39;").replace("`", "#96;")
    return safe.replace("&lt;", "#lt;").replace("&gt;", "#gt;").replace("&amp;", "#amp;")


def _plain(text: str) -> str:
    return " ".join(text.replace("%%", "% %").split())


def _kinds(card: Card) -> list[str]:
    kinds = ["start"] if card.is_start else []
    kinds += ["queue"] if any(row.verb in Q_STYLE for row in card.rows) else []
    errors = [row.is_error for row in card.rows if row.problems]
    return kinds + (["error" if any(errors) else "warning"] if errors else [])
