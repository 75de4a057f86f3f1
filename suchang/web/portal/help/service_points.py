"""Service points as the portal shows them: every page of the search, filtered by text, with hours in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suchang.web.auth import collaborators
from suchang.web.languages import gettext, in_language
from suchang.web.words.domains import domain_words
from suchang.workflows.help import service_points

_MOST_PAGES = 20


@dataclass(frozen=True)
class Place:
    """A service point as a row of the list."""

    city: str
    glyph: str
    name: str
    address: str
    domains: str
    hours: str
    languages: str
    open_now: bool


def _days(days: Sequence[int]) -> str:
    names = [
        gettext("周一"), gettext("周二"), gettext("周三"), gettext("周四"),
        gettext("周五"), gettext("周六"), gettext("周日"),
    ]  # fmt: skip
    if len(days) == 7:
        return gettext("每天")
    if list(days) == list(range(days[0], days[-1] + 1)) and len(days) > 2:
        return gettext("%(first)s至%(last)s", first=names[days[0] - 1], last=names[days[-1] - 1])
    return gettext("、").join(names[one - 1] for one in days)


def hours_text(hours: Sequence[Mapping[str, Any]]) -> str:
    """Say opening hours: the days once, then their times."""
    said: dict[str, list[str]] = {}
    for one in hours:
        said.setdefault(_days(one["days"]), []).append(f"{one['opens']}–{one['closes']}")
    return gettext("；").join(f"{days} {gettext('、').join(times)}" for days, times in said.items())


def _place(row: Mapping[str, Any]) -> Place:
    glyphs = {"talent_home": "家", "window": "窗"}
    domains = [domain_words(slug) for slug in row["domains"]]
    languages = {"zh": "中文", "en": "English", "ja": "日本語", "de": "Deutsch", "ko": "한국어", "fr": "Français"}
    return Place(
        city=row["city"],
        glyph=glyphs.get(row["kind"]) or (domains[0].glyph if domains else "点"),
        name=in_language(row["name"]["zh"], row["name"]["en"]),
        address=row["address"],
        domains=gettext("、").join(one.name for one in domains) or gettext("综合咨询"),
        hours=hours_text(row["hours"]),
        languages=" · ".join(languages.get(code, code) for code in row["languages"]),
        open_now=bool(row["open_now"]),
    )


def find(*, city: str = "", domain: str = "", text: str = "") -> list[Place]:
    """List the service points of a city, for a domain, whose name or address holds a text; each may be left out."""
    found: list[Place] = []
    cursor, wanted = None, text.strip().casefold()
    for _page in range(_MOST_PAGES):
        answer = service_points.search(collaborators(), city=city or None, domain=domain or None, cursor=cursor)
        rows = [
            row
            for row in answer["items"]
            if any(wanted in part.casefold() for part in (row["name"]["zh"], row["name"]["en"], row["address"]))
        ]
        found += [_place(row) for row in rows]
        cursor = answer["next"]
        if cursor is None:
            break
    return found
