"""Cards as SVG: one file, no script, no outside font; every text of the author is escaped.

Owns: sizes, colours and drawing. Not here: the places of cards (``layout``).
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from ivr.problems import Problem

from .cards import Q_STYLE, Card, Port, Row
from .layout import Box, Picture, laid_out
from .wording import word

WIDTH, PAD, MARGIN = 320.0, 12.0, 32.0
HEAD, LINE, TITLE, PORT = 34.0, 17.0, 22.0, 24.0
SMALL, NORMAL, LINES = 12.0, 13.0, 3
FONT = "'Noto Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei','WenQuanYi Zen Hei',Arial,sans-serif"
COLOURS = {
    "say": "#e8f1fb", "play": "#e8f1fb", "message": "#e8f1fb",
    "menu": "#fff3d6", "gather": "#fff3d6", "language": "#fff3d6", "listen": "#fff3d6", "survey": "#fff3d6",
    "identify": "#fff3d6", "faq": "#fff3d6",
    "branch": "#f1ecfa", "hours": "#f1ecfa", "set": "#f4f4f4", "goto": "#f4f4f4", "call": "#f1ecfa",
    "lookup": "#e3f4f1", "ticket": "#e3f4f1", "hangup": "#fbe6e4",
    **dict.fromkeys(Q_STYLE, "#dff3e0"),
}  # fmt: skip
STYLE = f"""
text{{font-family:{FONT};fill:#1d2530}}
.card{{fill:#fff;stroke:#8793a3;stroke-width:1.2}}.list{{fill:#fff;stroke:#8793a3;stroke-dasharray:5 4}}
.start{{stroke:#1f6feb;stroke-width:2.4}}.head{{font-size:15px;font-weight:600}}.verb{{font-size:12px;font-weight:600;fill:#4a5666}}
.text{{font-size:13px}}.port{{font-size:12.5px}}.told{{font-size:12px;fill:#4a5666}}
.key{{fill:#27496d}}.keytext{{font-size:12px;font-weight:600;fill:#fff}}
.line,.onward{{fill:none;stroke:#5b6b7f;stroke-width:1.5}}.onward{{stroke-dasharray:5 4}}
.error{{fill:#c62828}}.warning{{fill:#c77700}}.marktext{{font-size:11px;font-weight:700;fill:#fff}}
.title{{font-size:20px;font-weight:700}}
"""


def svg(cards: list[Card], title: str, language: str, problems: Iterable[Problem] = ()) -> str:
    """The drawing of these cards, the list of problems below it."""
    boxes, ports = _boxes(cards)
    picture = laid_out(boxes, [card.id for card in cards if card.is_start])
    told = list(problems)
    body = [*_lines(picture, cards), *(part for card in cards for part in _card(card, picture, ports, language))]
    top = 58.0
    width = max(picture.width, 640.0) + 2 * MARGIN
    below = top + picture.height + 40
    listed = _problems(told, below, language, width)
    height = below + (34 + 22 * len(told) if told else 0) + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" lang="{escape(language)}" role="img">'
        f"<title>{escape(title)}</title><style>{STYLE}</style><defs>{_ARROW}</defs>"
        f'<rect width="100%" height="100%" fill="#fbfcfe"/>'
        f'<text class="title" x="{MARGIN}" y="36">{escape(title)}</text>'
        f'<g transform="translate({MARGIN},{top})">{"".join(body)}</g>{"".join(listed)}</svg>\n'
    )


_ARROW = (
    '<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0L8 4L0 8z" fill="#5b6b7f"/></marker>'
)


def _boxes(cards: list[Card]) -> tuple[list[Box], dict[tuple[str, int], Port | None]]:
    """Every card with its size; which port (None: the way onward) each line of a box begins at."""
    boxes: list[Box] = []
    ports: dict[tuple[str, int], Port | None] = {}
    for card in cards:
        box = Box(card.id, WIDTH, 0.0, entry=HEAD / 2)
        y = HEAD
        for row in card.rows:
            y += TITLE + LINE * len(_wrapped(row.text)) + 4
            for port in row.ports:
                if port.target:
                    ports[card.id, len(box.ports)] = port
                    box.ports.append((port.target, y + PORT / 2))
                y += PORT
            y += 6
        if card.onward:
            ports[card.id, len(box.ports)] = None
            box.ports.append((card.onward, y - 2))
        box.height = y + (20 if card.onward_told else 4)
        boxes.append(box)
    return boxes, ports


def _lines(picture: Picture, cards: list[Card]) -> list[str]:
    onward = {(card.id, card.onward) for card in cards if card.onward}
    parts = []
    for line in picture.lines:
        box = picture.boxes[line.source]
        is_last = line.points[0][1] - box.y > box.height - 8
        style = "onward" if (line.source, line.target) in onward and is_last else "line"
        (x, y), *rest = line.points
        path = f"M{x:.1f} {y:.1f}"
        for number, (to_x, to_y) in enumerate(rest):
            if number % 2 == 1 and to_y == y:
                path += f"L{to_x:.1f} {to_y:.1f}"
            else:
                half = (to_x - x) / 2
                path += f"C{x + half:.1f} {y:.1f} {to_x - half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
            x, y = to_x, to_y
        parts.append(f'<path class="{style}" d="{path}" marker-end="url(#arrow)"/>')
    return parts


def _card(card: Card, picture: Picture, ports: dict[tuple[str, int], Port | None], language: str) -> list[str]:
    box = picture.boxes[card.id]
    kind = "card" if card.is_section else "list"
    start = " start" if card.is_start else ""
    head = f"{word('start', language)}: {card.title}" if card.is_start else card.title
    back = {id(ports[name, number]): number for name, number in picture.back if name == card.id}
    parts = [
        f'<g id="{escape(card.id)}" transform="translate({box.x:.1f},{box.y:.1f})">',
        f'<rect class="{kind}{start}" width="{box.width}" height="{box.height:.1f}" rx="9"/>',
        f'<text class="head" x="{PAD}" y="22">{escape(_cut(head, WIDTH - 2 * PAD, 15))}</text>',
    ]
    y = HEAD
    for row in card.rows:
        drawn, y = _row(row, y, back, language)
        parts += drawn
    if card.onward_told:
        parts.append(f'<text class="told" x="{PAD}" y="{y + 10:.1f}">{escape(card.onward_told)}</text>')
    return [*parts, "</g>"]


def _row(row: Row, y: float, back: dict[int, int], language: str) -> tuple[list[str], float]:
    lines = _wrapped(row.text)
    height = TITLE + LINE * len(lines) + 4 + PORT * len(row.ports)
    colour = COLOURS.get(row.verb, "#f4f4f4")
    medium = f" · {word(row.medium, language)}" if row.medium else ""
    parts = [f'<rect x="5" y="{y:.1f}" width="{WIDTH - 10}" height="{height:.1f}" rx="5" fill="{colour}"/>']
    parts.append(f'<text class="verb" x="{PAD}" y="{y + 16:.1f}">{escape(row.title + medium)}</text>')
    parts += _marks(row, y)
    y += TITLE
    for line in lines:
        parts.append(f'<text class="text" x="{PAD}" y="{y + 11:.1f}">{escape(line)}</text>')
        y += LINE
    y += 4
    for port in row.ports:
        parts += _port(port, y, is_back=id(port) in back)
        y += PORT
    return parts, y + 6


def _port(port: Port, y: float, *, is_back: bool) -> list[str]:
    badge = max(20.0, _width(port.key, SMALL) + 12)
    where = port.told or (f"↩ {port.where}" if is_back else port.where)
    room = WIDTH - 2 * PAD - badge - 14
    if port.text:
        told = _cut(where, room / 2, SMALL)
        text = f"{_cut(port.text, room - _width(told, SMALL) - 14, NORMAL)}"
    else:
        told, text = _cut(where, room, SMALL), ""
    middle = f'x="{PAD + badge / 2:.1f}" y="{y + 15:.1f}" text-anchor="middle"'
    return [
        f'<rect class="key" x="{PAD}" y="{y + 2:.1f}" width="{badge:.1f}" height="18" rx="9"/>',
        f'<text class="keytext" {middle}>{escape(port.key)}</text>',
        f'<text class="port" x="{PAD + badge + 8:.1f}" y="{y + 15:.1f}">{escape(text)}</text>',
        f'<text class="told" x="{WIDTH - PAD}" y="{y + 15:.1f}" text-anchor="end">{escape(told)}</text>',
    ]


def _marks(row: Row, y: float) -> list[str]:
    parts = []
    for place, number in enumerate(row.problems[:6]):
        x = WIDTH - PAD - 10 - 24 * place
        kind = "error" if row.is_error else "warning"
        parts.append(f'<circle class="{kind}" cx="{x:.1f}" cy="{y + 12:.1f}" r="9"/>')
        parts.append(f'<text class="marktext" x="{x:.1f}" y="{y + 16:.1f}" text-anchor="middle">{number}</text>')
    return parts


def _problems(problems: list[Problem], y: float, language: str, width: float) -> list[str]:
    if not problems:
        return []
    parts = [f'<text class="head" x="{MARGIN}" y="{y + 16:.1f}">{escape(word("problems", language))}</text>']
    for number, problem in enumerate(problems, start=1):
        row = y + 14 + 22 * number
        text = _cut(str(problem), width - 2 * MARGIN - 30, NORMAL)
        parts.append(f'<circle class="{problem.severity}" cx="{MARGIN + 9}" cy="{row + 6:.1f}" r="9"/>')
        parts.append(f'<text class="marktext" x="{MARGIN + 9}" y="{row + 10:.1f}" text-anchor="middle">{number}</text>')
        parts.append(f'<text class="text" x="{MARGIN + 26}" y="{row + 11:.1f}">{escape(text)}</text>')
    return parts


def _width(text: str, size: float) -> float:
    """About how wide a text is: a Chinese character is square."""
    return sum(1.0 if ord(letter) > 0x2E7F else 0.56 for letter in text) * size


def _cut(text: str, room: float, size: float) -> str:
    if _width(text, size) <= room:
        return text
    kept = ""
    for letter in text:
        if _width(kept + letter + "…", size) > room:
            break
        kept += letter
    return kept.rstrip() + "…"


def _wrapped(text: str) -> list[str]:
    """At most three lines of a card."""
    room = WIDTH - 2 * PAD
    lines: list[str] = []
    while text and len(lines) < LINES:
        if _width(text, NORMAL) <= room or len(lines) == LINES - 1:
            return [*lines, _cut(text, room, NORMAL)]
        end = len(_cut(text, room + NORMAL, NORMAL)) - 1
        space = text.rfind(" ", 0, end + 1)
        split = space if space > end * 0.6 else end
        lines.append(text[:split].rstrip())
        text = text[split:].strip()
    return lines
