"""Benefits: items, quotas, periods, entitlements and the protocol of a benefit domain.

``service.py`` tells how the redemption workflow and a benefit domain work together; start there.
"""

from __future__ import annotations

from suchang.domain.redemption.codes import (
    DetailKind,
    Disclosure,
    PeriodKind,
    QuotaOf,
    RefusalReason,
    Scope,
    Unit,
)
from suchang.domain.redemption.items import (
    HOLDER,
    AgeLimit,
    BenefitDomain,
    BenefitItem,
    DatedQuota,
    Group,
    Source,
    domain_bits,
)
from suchang.domain.redemption.periods import Period, completed_years, period_at, school_stage
from suchang.domain.redemption.service import (
    BenefitService,
    Charge,
    ClaimKey,
    CounterKey,
    Dependant,
    DetailField,
    Entitlement,
    Holder,
    RedemptionRequest,
    Refusal,
    ReversalRequest,
    Usage,
)

__all__ = [
    "HOLDER",
    "AgeLimit",
    "BenefitDomain",
    "BenefitItem",
    "BenefitService",
    "Charge",
    "ClaimKey",
    "CounterKey",
    "DatedQuota",
    "Dependant",
    "DetailField",
    "DetailKind",
    "Disclosure",
    "Entitlement",
    "Group",
    "Holder",
    "Period",
    "PeriodKind",
    "QuotaOf",
    "RedemptionRequest",
    "Refusal",
    "RefusalReason",
    "ReversalRequest",
    "Scope",
    "Source",
    "Unit",
    "Usage",
    "completed_years",
    "domain_bits",
    "period_at",
    "school_stage",
]
