"""One statement that looks a credential up, decides by its status, and logs the verification.

Beside the signatures nothing is as dear on this path as a round trip to the database, so there is one. The program
says beforehand what each status would mean; the statement reads the status, inserts the log row with the outcome that
goes with it, and gives back what the answer is made of. The row's UNIQUE (day of the proof, replay key) is the replay
check: where an accepted row finds its key there already, nothing is inserted, and the caller logs a refusal.
"""

from __future__ import annotations

from suchang.persistence.families import FAMILY, FAMILY_COLUMNS
from suchang.persistence.statements import Statement

STATUSES = 4
"""Places in ``outcomes`` and ``reasons``, which commas part: valid, invalid, suspended, unknown."""

_ASKED = """
    json_to_recordset(%(asked)s::json) AS a(
        operator boolean, client text, address inet, partner text, site text, id text, purpose text, mode text,
        presented_at timestamptz, now timestamptz, today date, day date, sub text, outcomes text, reasons text,
        replay_key text, proof_day date)
"""

_HELD = f"""
    SELECT a.id, a.now, k.sub, k.card_id, k.dependant_id, k.assurance, c.person_id, c.state, c.tier, c.valid_until,
        c.issued_at, p.identity_index, p.name, s.status, a.partner, a.client, a.site, a.purpose, a.mode, a.presented_at,
        (string_to_array(a.outcomes, ','))[1 + coalesce(s.status, 3)] AS outcome,
        (string_to_array(a.reasons, ',', ''))[1 + coalesce(s.status, 3)] AS reason, a.replay_key, a.proof_day, a.day
    FROM {_ASKED}
    LEFT JOIN credential k ON k.sub = a.sub
    LEFT JOIN card c ON c.id = k.card_id LEFT JOIN person p ON p.id = c.person_id
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN k.sub IS NULL THEN NULL
            WHEN k.revoked_at IS NOT NULL THEN 1
            WHEN c.state = 'suspended' THEN 2
            WHEN c.state <> 'active' OR c.valid_until < a.today THEN 1
            ELSE 0
        END AS status
    ) AS s
    WHERE a.operator OR EXISTS (
        SELECT 1 FROM partner_client c JOIN partner p ON p.id = c.partner_id
        WHERE c.id = a.client AND c.state = 'active' AND p.state = 'active'
            AND (c.networks = ARRAY[]::text[] OR a.address <<= ANY (c.networks::cidr[])))
"""  # noqa: S608 - made of constants
"""No row where a client may not act: it and its partner are active, and it calls from one of its networks.

A removed phone or dependant took its credentials along when it went: a trigger sees to it (migration 0026).
"""

VERIFY = Statement(f"""
    WITH held AS ({_HELD}), logged AS (
        INSERT INTO verification (id, proof_day, replay_key, partner_id, client_id, site_id, purpose, outcome, reason,
            mode, assurance, sub, card_id, dependant_id, presented_at, created_at)
        SELECT id, CASE WHEN outcome = 'accepted' AND replay_key IS NOT NULL THEN proof_day ELSE day END,
            CASE WHEN outcome = 'accepted' THEN replay_key END, partner, client, site, purpose, outcome, reason, mode,
            assurance, sub, card_id, dependant_id, presented_at, now
        FROM held ORDER BY proof_day, replay_key  -- in one order everywhere: two groups wait for each other never
        ON CONFLICT (proof_day, replay_key) DO NOTHING
        RETURNING id
    )
    SELECT held.id, logged.id IS NOT NULL AS logged, held.sub, held.dependant_id, held.state, held.tier,
        held.valid_until, held.issued_at, held.status, {FAMILY_COLUMNS}
    FROM held {FAMILY} LEFT JOIN logged ON logged.id = held.id
""")  # noqa: S608 - made of constants
"""Values: ``operator client address partner site``, ``sub outcomes reasons replay_key proof_day``, ``id purpose mode``
``presented_at now today day``. No row, and nothing logged, where the client may not act; ``status`` is
null where the credential is not known here."""
