"""What is said about benefits, in Chinese and English: quantities, reasons, sources, renewal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from suchang.domain.clock import local_date
from suchang.domain.redemption.codes import PeriodKind, RefusalReason, Unit
from suchang.domain.redemption.items import BenefitItem, Source
from suchang.domain.redemption.periods import Period
from suchang.domain.vocabulary import Relation, Text, Tier

_PER = {
    PeriodKind.YEAR: Text("每年", "a year"),
    PeriodKind.MONTH: Text("每月", "a month"),
    PeriodKind.SCHOOL_STAGE: Text("每个学段", "a school stage"),
    PeriodKind.LIFE: Text("终身", "in a lifetime"),
    PeriodKind.UNLIMITED: Text("不限期", "without a period"),
}

_RELATIONS = {
    Relation.SPOUSE: Text("配偶", "spouse"),
    Relation.CHILD: Text("子女", "child"),
    Relation.PARENT: Text("父母", "parent"),
}

_REASONS = {
    RefusalReason.QUOTA_EXHAUSTED: Text("本期额度已用完。", "The quota of this period is used up."),
    RefusalReason.ALREADY_REDEEMED: Text(
        "本次核验已核销过该项目。", "This verification has already redeemed this item."
    ),
    RefusalReason.VERIFICATION_EXPIRED: Text(
        "核验已超过十分钟，请重新扫码。", "The verification is over ten minutes old; scan again."
    ),
    RefusalReason.RESERVATION_EXPIRED: Text("预留已到期，额度已释放。", "The reservation has expired and is released."),
    RefusalReason.RESERVATION_CLOSED: Text("预留已确认或已释放。", "The reservation is already confirmed or released."),
    RefusalReason.CONFIRM_EXCEEDS: Text(
        "确认数量须大于零且不超过预留。", "Confirm more than nothing, at most what is reserved."
    ),
    RefusalReason.NOT_REDEEMED: Text(
        "预留尚未确认或已释放，没有可冲正的核销。", "This reservation is not confirmed; there is nothing to reverse."
    ),
    RefusalReason.ALREADY_REVERSED: Text("该笔核销已全部冲正。", "This redemption is already reversed in full."),
    RefusalReason.REVERSAL_EXCEEDS: Text("冲正数量超过可冲正部分。", "The reversal exceeds what is left to reverse."),
    RefusalReason.REVERSAL_NOT_WHOLE: Text("按次、按天的核销只能整笔冲正。", "Times and days are reversed only whole."),
    RefusalReason.REVERSAL_WINDOW_OVER: Text("已超过冲正期限。", "The reversal window is over."),
    RefusalReason.ITEM_NOT_ALLOWED: Text("该项目不可核销。", "This item may not be redeemed."),
    RefusalReason.CARD_NOT_ACTIVE: Text("卡片未处于有效状态。", "The card is not active."),
    RefusalReason.CONSENT_MISSING: Text(
        "未满十四周岁，须先取得监护人同意。", "Under 14: the guardian's consent is needed first."
    ),
    RefusalReason.ASSURANCE_TOO_LOW: Text(
        "本项不接受这种出示方式。", "This item does not accept this way of showing the card."
    ),
    RefusalReason.DOCUMENT_NOT_SEEN: Text(
        "请先查验身份证件原件。", "Look at the identity document first and confirm that you did."
    ),
    RefusalReason.ONLINE_REQUIRED: Text("本项只能联网核销。", "This item is redeemed online only."),
    RefusalReason.RESERVATION_NOT_OFFERED: Text("本项不提供预留。", "This item can't be reserved."),
}


def reason_text(reason: RefusalReason) -> Text:
    """Return the sentence of a reason that needs no particulars; KeyError for the others."""
    return _REASONS[reason]


def not_open_yet(opens: date) -> Text:
    """Say from when an item is offered."""
    return Text(f"本项自 {opens.isoformat()} 起开放。", f"This item opens on {opens.isoformat()}.")


def closed(closes: date) -> Text:
    """Say since when an item is no longer offered; ``closes`` is the first day without it."""
    return Text(f"本项自 {closes.isoformat()} 起停办。", f"This item closed on {closes.isoformat()}.")


def tier_not_entitled(tier: Tier, entitled: Iterable[Tier]) -> Text:
    """Say which tiers an item is for."""
    return _tier_not_entitled(tier, tuple(entitled))


@lru_cache(maxsize=256)
def _tier_not_entitled(tier: Tier, entitled: tuple[Tier, ...]) -> Text:
    tiers = sorted(entitled, key=lambda each: each.rank)
    if not tiers:
        return Text("本项目前不面向任何层次。", "This item is open to no tier at present.")
    return Text(
        f"本项面向{'、'.join(tiers)}层次，您的卡为{tier}层次。",
        f"This item is for tier {', '.join(tiers)}; this card is tier {tier}.",
    )


def relation_not_allowed(item: BenefitItem) -> Text:
    """Say who may use an item."""
    zh = (["持卡人本人"] if item.for_holder else []) + [_RELATIONS[relation].zh for relation in item.ages]
    en = (["the holder"] if item.for_holder else []) + [_RELATIONS[relation].en for relation in item.ages]
    return Text(f"本项限{'、'.join(zh)}使用。", f"This item is for: {', '.join(en)}.")


def too_young(least: int) -> Text:
    """Say from which age an item may be used."""
    return Text(f"须年满{least}周岁。", f"From the age of {least}.")


def too_old(under: int) -> Text:
    """Say up to which age an item may be used."""
    return Text(f"限未满{under}周岁。", f"Under the age of {under} only.")


def excluded_by(name: Text, scope_zh: str, scope_en: str) -> Text:
    """Say which other item was chosen, by whom."""
    return Text(
        f"{scope_zh}已选用“{name.zh}”，二者只能择一。", f"{scope_en} has already chosen “{name.en}”; only one may be."
    )


def quantity(unit: Unit, amount: int) -> Text:
    """Write units of a quota: ``2 次``, ``1,700,000.00 元`` or ``5 天``."""
    if unit is Unit.CNY:
        money = f"{amount // 100:,}.{amount % 100:02d}"
        return Text(f"{money} 元", f"CNY {money}")
    if unit is Unit.DAYS:
        return Text(f"{amount} 天", f"{amount} day{'' if amount == 1 else 's'}")
    return Text(f"{amount} 次", f"{amount} time{'' if amount == 1 else 's'}")


def why(item: BenefitItem, tier: Tier, quota: int | None) -> Text:
    """Say why someone has an item: the tier, the quota and where both come from."""
    return _why(tier, item.unit, item.period, quota, item.sources["item"], item.sources["quota"])


@lru_cache(maxsize=2048)
def _why(tier: Tier, unit: Unit, period: PeriodKind, quota: int | None, item: Source, limited: Source) -> Text:
    per = _PER[period]
    if quota is None:
        zh, en = "不限次数", "no limit"
    else:
        amount = quantity(unit, quota)
        zh, en = f"{per.zh} {amount.zh}", f"{amount.en} {per.en}"
    basis, limit = cite(item), cite(limited)
    return Text(
        f"{tier}层次持卡人可享：{zh}。依据：{basis.zh}；额度：{limit.zh}。",
        f"Tier {tier} has this: {en}. Basis: {basis.en}; quota: {limit.en}.",
    )


def cite(source: Source) -> Text:
    """Name a source, or mark an assumption as one."""
    if source.assumed:
        remark = f"（{source.assumption}）" if source.assumption else ""
        return Text(f"假定{remark}", "assumption" + (f" ({source.assumption})" if source.assumption else ""))
    return Text(f"《{source.document}》{source.section}", f"{source.document}, {source.section}")


@lru_cache(maxsize=256)
def renews(period: Period) -> Text:
    """Say when a quota comes back."""
    if period.ends is not None:
        day = local_date(period.ends).isoformat()
        return Text(f"{day} 起重新计算，未用部分不结转。", f"Starts afresh on {day}; nothing unused carries over.")
    if period.kind is PeriodKind.SCHOOL_STAGE:
        return Text("本学段用完即止，下一学段另计。", "Used up for this school stage; the next one counts anew.")
    if period.kind is PeriodKind.LIFE:
        return Text("终身一份，不再更新。", "Once in a lifetime; it doesn't come back.")
    return Text("不限次数，每次登记。", "No limit; each use is logged.")
