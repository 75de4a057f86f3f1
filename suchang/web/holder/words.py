"""Names of what the holder's pages show: tracks, relations, outcomes, amounts left, and the words for the modules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from suchang.domain.people.identity import DocumentType
from suchang.web.formats import day, yuan
from suchang.web.languages import gettext, in_language, ngettext
from suchang.web.words.domains import DomainWords, all_domains, domain_words

_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def track_name(track: str | None) -> str:
    """Name a track as the card shows it."""
    if track == "high_skill":
        return gettext("江苏省高技能人才")
    return gettext("江苏省高层次人才")


def relation_name(relation: str) -> str:
    """Name what a dependant is to the holder."""
    names = {"spouse": gettext("配偶"), "child": gettext("子女"), "parent": gettext("父母")}
    return names.get(relation, relation)


def document_types() -> list[tuple[str, str]]:
    """Return the kinds of identity documents, as a form offers them."""
    english = {
        DocumentType.RESIDENT_ID: "Resident identity card",
        DocumentType.HMT_RESIDENCE_PERMIT: "Residence permit for Hong Kong, Macao and Taiwan residents",
        DocumentType.FOREIGN_PERMANENT_RESIDENT: "Foreign permanent resident card",
        DocumentType.HK_MACAO_TRAVEL_PERMIT: "Mainland travel permit for Hong Kong and Macao residents",
        DocumentType.TAIWAN_TRAVEL_PERMIT: "Mainland travel permit for Taiwan residents",
        DocumentType.PASSPORT: "Passport",
    }
    return [(one.value, in_language(one.zh, english[one])) for one in DocumentType]


def obstacles() -> dict[str, dict[str, str]]:
    """Say why a dependant has no code, in a word and in a sentence."""
    return {
        "not_confirmed": {"short": gettext("待核对"), "text": gettext("工作人员核对关系证明后，就能出示。")},
        "consent_missing": {"short": gettext("待监护人同意"), "text": gettext("核对之后，还要监护人同意。")},
        "nothing_for_dependant": {
            "short": gettext("没有可用权益"),
            "text": gettext("这张卡目前没有给这位家人的权益，例如子女已满年龄。"),
        },
        "no_card": {"short": gettext("卡片不可用"), "text": gettext("持卡人的卡片不在有效状态，家人的码也不能出示。")},
    }


def outcome_name(outcome: str) -> str:
    """Name an outcome of a verification."""
    names = {"accepted": gettext("通过"), "refused": gettext("拒绝")}
    return names.get(outcome, gettext("无法判断"))


def amount_left(unit: str, remaining: int | None) -> str:
    """Say how much of an entitlement is left; None is unlimited."""
    if remaining is None:
        return gettext("不限次数")
    if remaining == 0:
        return gettext("已用完")
    if unit == "CNY":
        return gettext("可用 %(amount)s", amount=yuan(Decimal(remaining) / 100))
    if unit == "days":
        return ngettext("可用 %(num)d 天", "可用 %(num)d 天", remaining)
    return ngettext("可用 %(num)d 次", "可用 %(num)d 次", remaining)


@dataclass(frozen=True)
class Right:
    """An entitlement as a row of a list."""

    glyph: str
    name: str
    who: str
    text: str
    left: str
    available: bool


def _text(words: Mapping[str, str] | None) -> str:
    """Say a sentence of a service, its dates as the page writes dates."""
    said = in_language(words["zh"], words["en"]) if words else ""
    return _DATE.sub(lambda found: day(found[0]), said)


def right(one: Mapping[str, Any], family: Mapping[str, str]) -> Right:
    """Turn an entitlement of the workflow into a row; ``family`` names dependants by id."""
    available = bool(one["available"])
    text = _text(one["renews"]) if available else _text(one["why_not"]) or _text(one["why"])
    if available and one["period_ends"]:
        text = gettext("本期到 %(day)s", day=day(one["period_ends"])) + (f" · {text}" if text else "")
    who = "" if one["beneficiary"] == "holder" else family.get(one["beneficiary"], gettext("家人"))
    left = amount_left(one["unit"], one["remaining"]) if available else gettext("暂不可用")
    name = in_language(one["name"], one["name_en"])
    if stage := {"primary": gettext("小学"), "junior_secondary": gettext("初中")}.get(one.get("stage") or ""):
        name = gettext("%(item)s（%(stage)s）", item=name, stage=stage)
    return Right(domain_words(one["domain"]).glyph, name, who, text, left, available)


@dataclass(frozen=True)
class Item:
    """An item of benefits with everybody's entitlement to it, those that can be used first."""

    name: str
    rights: tuple[Right, ...]

    @property
    def shared(self) -> bool:
        """Tell whether the rows have to say whose they are."""
        return len(self.rights) > 1 or any(one.who for one in self.rights)


def grouped(rights: list[dict[str, Any]], family: Mapping[str, str]) -> list[tuple[DomainWords, list[Item]]]:
    """Group entitlements by domain in the order of the policy and by item, what can be used first."""
    groups = []
    for domain in all_domains():
        rows = [right(one, family) for one in rights if one["domain"] == domain.slug]
        rows.sort(key=lambda row: not row.available)
        named: dict[str, list[Right]] = {}
        for row in rows:
            named.setdefault(row.name, []).append(row)
        if named:
            groups.append((domain, [Item(name, tuple(mine)) for name, mine in named.items()]))
    return groups


def member(one: Mapping[str, Any]) -> str:
    """Name a dependant so that two children of one family name are told apart."""
    born = gettext("%(year)s 年生", year=one["birth_date"][:4])
    return f"{one['name']} · {relation_name(one['relation'])} · {born}"


def family_words() -> dict[str, str]:
    """Return the words of the family page's module."""
    return card_words() | {
        "code_label": gettext("家人的出示码，每 30 秒更新"),
        "offline_bind": gettext("本机还没有存下这位家人的码。请连网打开一次。"),
        "bind_failed": gettext("现在不能给这位家人出码，请刷新页面看登记情况。"),
    }


def card_words() -> dict[str, str]:
    """Return the words of the card's module."""
    return {
        "renews": gettext("{seconds} 秒后更新 · 截图无效"),
        "online_left": gettext("{seconds} 秒内有效 · 只能用一次"),
        "code_label": gettext("出示码，每 30 秒更新"),
        "this_device": gettext("这台设备"),
        "offline_bind": gettext("绑定要连网一次。请连上网络再试。"),
        "bind_failed": gettext("服务器没有接受这次绑定，请稍后再试。"),
        "fresh": gettext("离线可用 · {time} 已核对"),
        "offline_since": gettext("离线 · 状态更新于 {time}"),
    }


def passkey_words() -> dict[str, str]:
    """Return the words of the modules for passkeys."""
    return {
        "offline": gettext("没有网络，请连上后再试。"),
        "away": gettext("服务暂时不可用，请稍后再试。"),
        "not_done": gettext("没有完成。可以再试一次，或用手机验证码登录。"),
        "sign_in_again": gettext("登录已超过 15 分钟。请退出并重新登录，再添加通行密钥。"),
        "too_many_passkeys": gettext("最多添加十个通行密钥，请先移除一个。"),
        "passkey_known": gettext("这台设备的通行密钥已经添加过了。"),
    }
