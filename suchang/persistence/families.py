"""A holder's family and its use of benefits in one statement: what the entitlements of a card are computed from.

The statement is made of parts, because a verification asks it together with everything else that it wants to know. Each
part is a join on its own and none a common table expression: to keep the rows of one for the others costs PostgreSQL
more than to look them up.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

FAMILY = """
    LEFT JOIN LATERAL (
        SELECT array_agg(encode(d.identity_index, 'hex')) AS subjects, json_agg(json_build_array(
            d.created_at, d.id, encode(d.identity_index, 'hex'), d.relation, d.birth_date,
            d.guardian_consent_at IS NOT NULL)) AS members
        FROM dependant d
        WHERE d.principal_id = held.person_id AND d.removed_at IS NULL AND d.confirmed_at IS NOT NULL
    ) AS kin ON true LEFT JOIN LATERAL (
        -- A spouse is linked whichever of the two named the other.
        SELECT array_agg(encode(p.identity_index, 'hex')) AS subjects
        FROM dependant d JOIN person p ON p.id = d.principal_id
        WHERE d.identity_index = held.identity_index AND d.relation = 'spouse'
            AND d.removed_at IS NULL AND d.confirmed_at IS NOT NULL
    ) AS namers ON true LEFT JOIN LATERAL (
        SELECT encode(held.identity_index, 'hex') || kin.subjects || namers.subjects AS subjects
    ) AS everyone ON true LEFT JOIN LATERAL (
        SELECT json_agg(json_build_array(c.subject, c.item, c.period_key, c.used + c.held)) AS used
        FROM entitlement_counter c WHERE c.subject = ANY (everyone.subjects)
    ) AS counters ON true LEFT JOIN LATERAL (
        SELECT json_agg(json_build_array(c."group", c.subject, c.period_key, c.item, c.units)) AS chosen
        FROM exclusive_choice c WHERE c.subject = ANY (everyone.subjects)
    ) AS choices ON true LEFT JOIN LATERAL (
        -- Expired reservations no longer count, whether somebody has tidied them up or not.
        SELECT json_agg(json_build_array(
            r.subject, r.item, r.period_key, r.units, r.claim_group, r.claim_subject, r.claim_period)) AS units
        FROM redemption r
        WHERE r.subject = ANY (everyone.subjects) AND r.kind = 'reserve' AND r.expires_at <= held.now AND NOT EXISTS (
            SELECT 1 FROM redemption o WHERE o.origin_id = r.id AND o.kind IN ('confirm', 'release'))
    ) AS lapsed ON true
"""
"""Joins on ``held``, which gives the holder's ``person_id``, ``identity_index``, ``name`` and the moment ``now``."""

FAMILY_COLUMNS = """
    encode(held.identity_index, 'hex') AS subject, held.name, kin.members AS kin, namers.subjects AS namers,
    counters.used AS counters, choices.chosen AS choices, lapsed.units AS lapsed
"""

_OF_CARD = f"""
    SELECT {FAMILY_COLUMNS} FROM (
        SELECT c.person_id, p.identity_index, p.name, %(now)s AS now FROM card c JOIN person p ON p.id = c.person_id
        WHERE c.id = %(card)s
    ) AS held {FAMILY}
"""  # noqa: S608 - made of the constants above


def family_of(session: Session, card_id: str, now: datetime) -> Any:
    """Read the family of a card and its use at a moment: a row of ``FAMILY_COLUMNS``."""
    return session.connection().exec_driver_sql(_OF_CARD, {"card": card_id, "now": now}).one()
