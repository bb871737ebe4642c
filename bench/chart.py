"""The results as an SVG: a group of bars for each number of messages in flight, each on a scale of its own."""

from __future__ import annotations

from xml.sax.saxutils import escape

from bench.aims import Results
from bench.servers import SERVERS

WIDTH, BAR, GAP, GROUP_GAP, TITLE = 860, 16, 5, 22, 26
LABEL_WIDTH, VALUE_WIDTH = 270, 110
# Readable on white and on black; no background of its own.
TEXT, KITT, PEER = "#7d8590", "#2f81f7", "#9aa4af"
COUNTS = ("1", "16", "64", "256")


def chart(results: Results) -> str:
    groups = [(count, bars(results, count)) for count in COUNTS]
    parts: list[str] = []
    top = TITLE
    for count, group in groups:
        plural = "message" if count == "1" else "messages"
        parts.append(text(0, top, f"{count} {plural} in flight, deliveries/s", weight="600"))
        parts += group_of_bars(group, top + GAP + BAR // 2)
        top += len(group) * (BAR + GAP) + GROUP_GAP + TITLE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top - GROUP_GAP}" width="{WIDTH}" '
        f'height="{top - GROUP_GAP}" font-family="system-ui, sans-serif" font-size="13" role="img" '
        f'aria-label="Deliveries a second of KITT and its peers">\n' + "\n".join(parts) + "\n</svg>\n"
    )


def bars(results: Results, count: str) -> list[tuple[str, float]]:
    """Server and deliveries/s, the fastest first; 0 where it failed."""
    cells = {name: counts[count] for name, counts in results["broadcast"].items() if count in counts}
    rates = [(name, cell.get("deliveries_per_s", 0.0)) for name, cell in cells.items()]
    return sorted(rates, key=lambda bar: -bar[1])


def group_of_bars(group: list[tuple[str, float]], top: int) -> list[str]:
    largest = max((rate for _, rate in group), default=0) or 1
    parts = []
    for index, (name, rate) in enumerate(group):
        y = top + index * (BAR + GAP)
        width = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) * rate / largest
        color = KITT if name.startswith("kitt") else PEER
        parts.append(text(LABEL_WIDTH - 8, y + BAR - 4, SERVERS[name].label, anchor="end"))
        parts.append(
            f'<rect x="{LABEL_WIDTH}" y="{y}" width="{max(width, 1):.1f}" height="{BAR}" rx="2" fill="{color}"/>'
        )
        value = f"{rate:,.0f}" if rate else "failed"
        parts.append(text(LABEL_WIDTH + round(width) + 8, y + BAR - 4, value))
    return parts


def text(x: int, y: int, words: str, *, anchor: str = "start", weight: str = "400") -> str:
    return f'<text x="{x}" y="{y}" fill="{TEXT}" text-anchor="{anchor}" font-weight="{weight}">{escape(words)}</text>'
