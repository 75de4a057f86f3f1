"""The nine benefit domains as the pages show them: a glyph, a name, one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from suchang.web.languages import gettext, in_language


@dataclass(frozen=True)
class DomainWords:
    """How a benefit domain is shown."""

    slug: str
    glyph: str
    name: str
    text: str


GLYPHS = {
    "housing": "居",
    "schooling": "学",
    "medical": "医",
    "exit_entry": "境",
    "social_insurance": "保",
    "culture_sport": "文",
    "transport": "行",
    "finance": "融",
    "business_registration": "商",
}


def all_domains() -> tuple[DomainWords, ...]:
    """Return the nine domains in the order of the policy (ten actions, 十(三))."""
    words = {
        "housing": (gettext("安居保障"), gettext("购房补贴、租房补贴、人才公寓")),
        "schooling": (gettext("子女教育"), gettext("小学和初中起始年级统筹入学")),
        "medical": (gettext("健康医疗"), gettext("年度体检、优先挂号、专家会诊")),
        "exit_entry": (gettext("出入境居留"), gettext("居留许可通道、推荐函")),
        "social_insurance": (gettext("社会保险"), gettext("转移接续窗口、补缴指导")),
        "culture_sport": (gettext("文化体育"), gettext("博物馆、公园、体育场馆")),
        "transport": (gettext("交通出行"), gettext("机场高铁快速通道、城市交通卡")),
        "finance": (gettext("金融服务"), gettext("人才贷推荐、银行专柜")),
        "business_registration": (gettext("工商登记"), gettext("一站式窗口、帮办代办")),
    }
    return tuple(DomainWords(slug, GLYPHS[slug], *text) for slug, text in words.items())


def domain_words(slug: str) -> DomainWords:
    """Return one domain; an unknown slug shows itself."""
    found = next((domain for domain in all_domains() if domain.slug == slug), None)
    return found or DomainWords(slug, "益", slug, "")


def item_name(code: str) -> str:
    """Name a benefit item by its code, from the catalogue of the running application."""
    service = current_app.extensions["suchang"].services.get(code.partition(".")[0])
    item = service.domain.items.get(code) if service else None
    return in_language(item.name.zh, item.name.en) if item else code
