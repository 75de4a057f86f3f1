"""A holder's family and its use of benefits in one statement: what the entitlements of a card are computed from.

The statement is made of parts, because a verification asks it together with everything else that it wants to know.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

FAMILY = """
    own AS (
        SELECT p.id, p.identity_index, p.name FROM held JOIN person p ON p.id = held.person_id
    ), kin AS (
        SELECT d.id, d.identity_index, d.relation, d.birth_date, d.guardian_consent_at, d.created_at
        FROM own JOIN dependant d ON d.principal_id = own.id
        WHERE d.removed_at IS NULL AND d.confirmed_at IS NOT NULL
    ), namers AS (
        -- A spouse is linked whichever of the two named the other.
        SELECT p.identity_index
        FROM own JOIN dependant d ON d.identity_index = own.identity_index AND d.relation = 'spouse'
        JOIN person p ON p.id = d.principal_id
        WHERE d.removed_at IS NULL AND d.confirmed_at IS NOT NULL
    ), subjects AS (
        SELECT encode(identity_index, 'hex') AS subject FROM own
        UNION SELECT encode(identity_index, 'hex') FROM kin
        UNION SELECT encode(identity_index, 'hex') FROM namers
    ), lapsed AS (
        -- Expired reservations no longer count, whether somebody has tidied them up or not.
        SELECT r.subject, r.item, r.period_key, r.units, r.claim_group, r.claim_subject, r.claim_period
        FROM subjects JOIN redemption r ON r.subject = subjects.subject
        WHERE r.kind = 'reserve' AND r.expires_at <= %(now)s AND NOT EXISTS (
            SELECT 1 FROM redemption o WHERE o.origin_id = r.id AND o.kind IN ('confirm', 'release'))
    )
"""
"""Common table expressions on ``held``, which gives the card's ``person_id``, and the parameter ``now``."""

FAMILY_COLUMNS = """
    (SELECT encode(identity_index, 'hex') FROM own) AS subject,
    (SELECT name FROM own) AS name,
    (SELECT json_agg(json_build_array(id, encode(identity_index, 'hex'), relation, birth_date,
        guardian_consent_at IS NOT NULL) ORDER BY created_at, id) FROM kin) AS kin,
    (SELECT array_agg(encode(identity_index, 'hex')) FROM namers) AS namers,
    (SELECT json_agg(json_build_array(c.subject, c.item, c.period_key, c.used + c.held))
        FROM subjects JOIN entitlement_counter c ON c.subject = subjects.subject) AS counters,
    (SELECT json_agg(json_build_array(c."group", c.subject, c.period_key, c.item, c.units))
        FROM subjects JOIN exclusive_choice c ON c.subject = subjects.subject) AS choices,
    (SELECT json_agg(json_build_array(subject, item, period_key, units, claim_group, claim_subject, claim_period))
        FROM lapsed) AS lapsed
"""

_OF_CARD = f"""
    WITH held AS (SELECT person_id FROM card WHERE id = %(card)s), {FAMILY}
    SELECT {FAMILY_COLUMNS}
"""  # noqa: S608 - made of the constants above


def family_of(session: Session, card_id: str, now: datetime) -> Any:
    """Read the family of a card and its use at a moment: a row of ``FAMILY_COLUMNS``."""
    return session.connection().exec_driver_sql(_OF_CARD, {"card": card_id, "now": now}).one()
