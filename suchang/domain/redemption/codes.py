"""The coded values of benefits; their texts are in ``texts.py``."""

from __future__ import annotations

from enum import StrEnum


class PeriodKind(StrEnum):
    """How long a quota lasts; calendar months and years are those of Asia/Shanghai."""

    YEAR = "year"
    MONTH = "month"
    SCHOOL_STAGE = "school_stage"
    LIFE = "life"
    UNLIMITED = "unlimited"


class Unit(StrEnum):
    """What a quota counts: uses, fen (1 CNY = 100 fen) or days; always integers."""

    TIMES = "times"
    CNY = "CNY"
    DAYS = "days"


class QuotaOf(StrEnum):
    """On whose counter a use is counted.

    holder: the holder alone may use the item. each: the beneficiary's own counter. shared: the principal's counter,
    whoever of the family uses it. household: the principal's counter, within a quota that linked spouses share, because
    two cards in one family would otherwise draw a family's subsidy twice.
    """

    HOLDER = "holder"
    EACH = "each"
    SHARED = "shared"
    HOUSEHOLD = "household"


class Scope(StrEnum):
    """Whom an exclusive choice binds."""

    PERSON = "person"
    CHILD = "child"
    HOUSEHOLD = "household"


class Disclosure(StrEnum):
    """What a partner may be told beyond accepted or refused; nothing else ever leaves."""

    TIER = "tier"
    NAME = "name"
    VALID_UNTIL = "valid_until"
    RELATION = "relation"
    BIRTH_YEAR = "birth_year"


class DetailKind(StrEnum):
    """How a form asks for one detail."""

    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    COUNT = "count"
    MONEY = "money"
    CONFIRMATION = "confirmation"


class RefusalReason(StrEnum):
    """Why an item is not granted, confirmed or reversed."""

    # The ledger's own
    QUOTA_EXHAUSTED = "quota_exhausted"
    EXCLUDED_BY = "excluded_by"
    ALREADY_REDEEMED = "already_redeemed"
    VERIFICATION_EXPIRED = "verification_expired"
    RESERVATION_EXPIRED = "reservation_expired"
    RESERVATION_CLOSED = "reservation_closed"
    CONFIRM_EXCEEDS = "confirm_exceeds"
    NOT_REDEEMED = "not_redeemed"
    ALREADY_REVERSED = "already_reversed"
    REVERSAL_EXCEEDS = "reversal_exceeds"
    REVERSAL_NOT_WHOLE = "reversal_not_whole"
    REVERSAL_WINDOW_OVER = "reversal_window_over"
    # The item's terms; all of these answer as item_not_allowed
    ITEM_NOT_ALLOWED = "item_not_allowed"
    CARD_NOT_ACTIVE = "card_not_active"
    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "closed"
    TIER_NOT_ENTITLED = "tier_not_entitled"
    RELATION_NOT_ALLOWED = "relation_not_allowed"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    CONSENT_MISSING = "consent_missing"
    ASSURANCE_TOO_LOW = "assurance_too_low"
    DOCUMENT_NOT_SEEN = "document_not_seen"
    ONLINE_REQUIRED = "online_required"
    RESERVATION_NOT_OFFERED = "reservation_not_offered"
    TERMS_NOT_MET = "terms_not_met"

    @property
    def code(self) -> str:
        """Return the code of the answer (409): the item's terms all answer ``item_not_allowed`` and keep the reason."""
        return self.value if self in _LEDGER_REASONS else self.ITEM_NOT_ALLOWED.value


_LEDGER_REASONS = frozenset(
    {
        RefusalReason.QUOTA_EXHAUSTED,
        RefusalReason.EXCLUDED_BY,
        RefusalReason.ALREADY_REDEEMED,
        RefusalReason.VERIFICATION_EXPIRED,
        RefusalReason.RESERVATION_EXPIRED,
        RefusalReason.RESERVATION_CLOSED,
        RefusalReason.CONFIRM_EXCEEDS,
        RefusalReason.NOT_REDEEMED,
        RefusalReason.ALREADY_REVERSED,
        RefusalReason.REVERSAL_EXCEEDS,
        RefusalReason.REVERSAL_NOT_WHOLE,
        RefusalReason.REVERSAL_WINDOW_OVER,
    }
)
