"""Which offices may open which doors of the API, as one table.

The hook of officers' blueprints asks it before the request's body is read; the workflows ask again for themselves, and
the lifecycle's table has the last word on a case. A test walks every role through every door and fails for a door that
is missing here.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from suchang.domain.account.roles import OFFICER_ROLES, Role

_HANDLING = frozenset({Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR})
_READING = _HANDLING | {Role.AUDITOR}
_PARTNERS = frozenset({Role.PARTNER_ADMIN, Role.ADMINISTRATOR})
_ANY = OFFICER_ROLES

OFFICES: Final[dict[str, frozenset[Role]]] = {
    "officer.me": _ANY,
    "officer.queue": _READING,
    "officer.show": _READING,
    "officer.claim": frozenset({Role.REVIEWER}),
    "officer.request_supplement": frozenset({Role.REVIEWER}),
    "officer.review": frozenset({Role.REVIEWER}),
    "officer.decision": frozenset({Role.APPROVER}),
    "officer.list_cards": _READING,
    "officer.suspend": _HANDLING,
    "officer.restore": _HANDLING,
    "officer.revoke": _HANDLING,
    "officer.replace_card": _HANDLING,
    "officer.list_partners": _PARTNERS,
    "officer.register_partner": _PARTNERS,
    "officer.add_client": _PARTNERS,
    "officer.add_operator": _PARTNERS,
    "officer.partner_state": _PARTNERS,
    "casework.step": _HANDLING,
    "casework.conflict": _HANDLING,
    "casework.comments": _READING,
    "casework.comment": _HANDLING,
    "casework.objections": frozenset({Role.SUPERVISOR}),
    "casework.evidence_file": _READING,
    "casework.evidence_checked": frozenset({Role.REVIEWER}),
    "casework.office_notifications": _ANY,
    "casework.job_overview": frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.SUPERVISOR}),
    "casework.retry_job": frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),
    "casework.workload": frozenset({Role.SUPERVISOR}),
    "casework.bulk_candidates": frozenset({Role.APPROVER}),
    "casework.bulk": frozenset({Role.APPROVER}),
    "casework.move_employer": frozenset({Role.APPROVER}),
    "casework.appoint": frozenset({Role.SPECIALIST, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "officer_sessions.list_officer_sessions": _ANY,
    "officer_sessions.end_officer_session": _ANY,
    "officer_sessions.end_officer_sessions": _ANY,
    "accounts.propose_totp_reset": frozenset({Role.ADMINISTRATOR}),
    "accounts.confirm_totp_reset": frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),
    "accounts.link_oidc": frozenset({Role.ADMINISTRATOR}),
    "accounts.unlink_oidc": frozenset({Role.ADMINISTRATOR}),
    "recovery.propose": frozenset({Role.REVIEWER, Role.SPECIALIST}),
    "recovery.waiting": frozenset({Role.REVIEWER, Role.SPECIALIST, Role.SUPERVISOR, Role.APPROVER}),
    "recovery.confirm": frozenset({Role.SUPERVISOR, Role.APPROVER}),
    "accounts.audit_search": frozenset({Role.AUDITOR}),
    "accounts.audit_export": frozenset({Role.AUDITOR}),
    "dependants_office.waiting": frozenset({Role.REVIEWER, Role.APPROVER}),
    "dependants_office.decide": frozenset({Role.REVIEWER, Role.APPROVER}),
    "service_points_office.add": _PARTNERS,
    "service_points_office.close": _PARTNERS,
    "office.deputations": _HANDLING,
    "office.name_deputy": _HANDLING,
    "office.end_deputation": _HANDLING,
    "office.colleagues": _HANDLING,
    "office.views": _READING,
    "office.save_view": _READING,
    "office.remove_view": _READING,
    "office.phrase_list": _HANDLING,
    "office.add_phrase": frozenset({Role.SUPERVISOR}),
    "office.retire_phrase": frozenset({Role.SUPERVISOR}),
    "partner_life.rotate": _PARTNERS,
    "partner_life.keys": _PARTNERS,
    "partner_life.networks": _PARTNERS,
    "partner_life.state": _PARTNERS,
    "partner_life.rate": _PARTNERS,
    "partner_life.settle": _PARTNERS | {Role.AUDITOR},
    "webhooks_office.register": _PARTNERS,
    "webhooks_office.rotate": _PARTNERS,
    "webhooks_office.state": _PARTNERS,
}
"""The offices that open each door, by the door's name: blueprint and function."""


def opens(endpoint: str | None, roles: Collection[Role]) -> bool:
    """Tell whether one of the roles opens a door; a door that is not listed leaves the answer to its workflow."""
    allowed = OFFICES.get(endpoint or "")
    return allowed is None or not allowed.isdisjoint(roles)
