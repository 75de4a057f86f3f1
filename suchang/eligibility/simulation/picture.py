"""Draw a simulation: on the left how people flow between tiers, on the right the cities; one SVG, no outside parts."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from suchang.eligibility.simulation.report import Report, Turn, turn_of

WIDTH, TOP, BAR, GAP, FLOW = 960, 118, 16, 16, 340
COLOURS = {Turn.GAINS: "#1a7f5a", Turn.RISES: "#5aa487", Turn.FALLS: "#d99a3d", Turn.LOSES: "#b5403a"}
NAMES = {
    "zh": {Turn.GAINS: "新得", Turn.RISES: "上升", Turn.FALLS: "下降", Turn.LOSES: "失去", None: "无层次"},
    "en": {Turn.GAINS: "gain", Turn.RISES: "rise", Turn.FALLS: "fall", Turn.LOSES: "lose", None: "no tier"},
}
STYLE = (
    "text{font:13px 'Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif;fill:#1d2a33}.q{fill:#5b6b76}"
    ".h{font-size:17px;font-weight:600}.n{fill:#8796a1}"
    "@media(prefers-color-scheme:dark){svg{background:#12181d}text{fill:#e6edf2}.q{fill:#9fb0bb}.n{fill:#52616c}}"
)


def picture(report: Report, lang: str = "zh") -> str:
    """Draw a report; the people who stay are in the heading only, so that few changes among millions can be seen."""
    height = max(_flow_height(report), _cities_height(report)) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" lang="{lang}">',
        f"<title>{escape(_heading(report, lang))}</title><style>{STYLE}</style>",
        f'<text class="h" x="24" y="34">{escape(_heading(report, lang))}</text>',
        f'<text class="q" x="24" y="58">{escape(_versions(report, lang))}</text>',
        *_legend(lang),
        *_flows(report, lang),
        *_cities(report, lang),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _heading(report: Report, lang: str) -> str:
    turns = report.turns()
    counts = "，" if lang == "zh" else ", "
    each = counts.join(f"{NAMES[lang][turn]} {turns[turn]:,}" for turn in Turn)
    if lang == "zh":
        return f"{report.people:,} 人中 {report.changed:,} 人有变化：{each}"
    return f"{report.changed:,} of {report.people:,} people change: {each}"


def _versions(report: Report, lang: str) -> str:
    pair = report.pair
    short = f"{pair.old.id} {pair.old.version[7:15]} → {pair.new.id} {pair.new.version[7:15]}"
    return f"{short}，认定日 {pair.on}" if lang == "zh" else f"{short}, as of {pair.on}"


def _legend(lang: str) -> Iterator[str]:
    for place, turn in enumerate(Turn):
        x = 24 + 76 * place
        yield f'<rect x="{x}" y="70" width="12" height="12" rx="2" fill="{COLOURS[turn]}"/>'
        yield f'<text class="q" x="{x + 18}" y="81">{NAMES[lang][turn]}</text>'


def _moves(report: Report) -> list[tuple[str | None, str | None, int]]:
    old, new = (*report.pair.tiers(0), None), (*report.pair.tiers(1), None)
    return [
        (before, after, report.moves[before, after])
        for before in old
        for after in new
        if before != after and report.moves[before, after]
    ]


def _flow_height(report: Report) -> int:
    rows = max(len(report.pair.tiers(0)), len(report.pair.tiers(1))) + 1
    return TOP + 300 + rows * GAP


def _flows(report: Report, lang: str) -> Iterator[str]:
    """Draw the tiers before (left) and after (right); a band's thickness is the number of people who take that way."""
    moves = _moves(report)
    total = sum(count for *_, count in moves)
    yield from _columns(lang)
    if not total:
        yield f'<text x="24" y="{TOP + 40}">{"没有人变化" if lang == "zh" else "nobody changes"}</text>'
        return
    sides = [_places(report, moves, side, total) for side in (0, 1)]
    for side, places in enumerate(sides):
        for tier, (top, size) in places.items():
            x = 90 if side == 0 else 90 + FLOW
            yield f'<rect class="n" x="{x}" y="{top:.1f}" width="{BAR}" height="{size:.1f}" rx="2"/>'
            anchor, at = ("end", x - 8) if side == 0 else ("start", x + BAR + 8)
            name = tier if tier is not None else NAMES[lang][None]
            yield f'<text x="{at}" y="{top + size / 2 + 5:.1f}" text-anchor="{anchor}">{escape(name)}</text>'
    used = [dict.fromkeys(places, 0.0) for places in sides]
    for before, after, count in moves:
        size = 300 * count / total
        tops = [sides[side][tier][0] + used[side][tier] for side, tier in ((0, before), (1, after))]
        used[0][before] += size
        used[1][after] += size
        turn = turn_of(report.pair, before, after) or Turn.RISES
        name = f"{before or NAMES[lang][None]} → {after or NAMES[lang][None]}: {count:,}"
        yield _band(90 + BAR, 90 + FLOW, tops, max(size, 0.7), COLOURS[turn], name)


def _columns(lang: str) -> Iterator[str]:
    names = ("改前", "改后") if lang == "zh" else ("before", "after")
    for x, name in zip((90, 90 + FLOW), names, strict=True):
        yield f'<text class="q" x="{x}" y="{TOP - 10}">{name}</text>'


def _places(
    report: Report, moves: list[tuple[str | None, str | None, int]], side: int, total: int
) -> dict[str | None, tuple[float, float]]:
    """Return the top and height of each tier's bar on one side."""
    top = float(TOP)
    found: dict[str | None, tuple[float, float]] = {}
    for tier in (*report.pair.tiers(side), None):
        size = 300 * sum(move[2] for move in moves if move[side] == tier) / total
        found[tier] = top, size
        top += size + GAP
    return {tier: place for tier, place in found.items() if place[1]}


def _band(left: int, right: int, tops: list[float], size: float, colour: str, name: str) -> str:
    middle = (left + right) / 2
    (one, other) = tops
    path = (
        f"M{left} {one:.1f}C{middle:.0f} {one:.1f} {middle:.0f} {other:.1f} {right} {other:.1f}"
        f"V{other + size:.1f}C{middle:.0f} {other + size:.1f} {middle:.0f} {one + size:.1f} {left} {one + size:.1f}Z"
    )
    return f'<path d="{path}" fill="{colour}" fill-opacity=".62"><title>{escape(name)}</title></path>'


def _cities_height(report: Report) -> int:
    return TOP + 26 * len(report.by_city) + 20


def _cities(report: Report, lang: str) -> Iterator[str]:
    """Draw one row a city: those who gain or rise to the right, those who fall or lose to the left."""
    if not report.by_city or not report.pair.city_fact:
        return
    labels = report.pair.new.facts[report.pair.city_fact].value_labels
    middle, half = 760, 130
    largest = max(max(_better(each), _worse(each)) for each in report.by_city.values())
    cities: list[str | None] = [city for city in report.pair.cities if city in report.by_city]
    cities += [None] if None in report.by_city else []
    for row, city in enumerate(cities):
        counts, y = report.by_city[city], TOP + 26 * row
        name = labels[city].text(lang) if city else ("未知" if lang == "zh" else "unknown")
        yield f'<text x="600" y="{y + 13}" text-anchor="end">{escape(name)}</text>'
        for turns, sign in (((Turn.RISES, Turn.GAINS), 1), ((Turn.FALLS, Turn.LOSES), -1)):
            x = float(middle)
            for turn in turns:
                width = half * counts[turn] / largest
                left = x if sign > 0 else x - width
                x += sign * width
                if width:
                    title = f"{name} {NAMES[lang][turn]} {counts[turn]:,}"
                    yield (
                        f'<rect x="{left:.1f}" y="{y}" width="{width:.1f}" height="16" fill="{COLOURS[turn]}">'
                        f"<title>{escape(title)}</title></rect>"
                    )
        net = _better(counts) - _worse(counts)
        yield f'<text class="q" x="{WIDTH - 24}" y="{y + 13}" text-anchor="end">{net:+,}</text>'


def _better(counts: dict[Turn, int]) -> int:
    return counts[Turn.GAINS] + counts[Turn.RISES]


def _worse(counts: dict[Turn, int]) -> int:
    return counts[Turn.FALLS] + counts[Turn.LOSES]
