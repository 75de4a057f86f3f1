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
    "application_officers.evidence_file": _READING,
    "application_officers.evidence_checked": frozenset({Role.REVIEWER}),
    "casework_officers.list_applications": _READING,
    "casework_officers.show_application": _READING,
    "casework_officers.claim_application": frozenset({Role.REVIEWER}),
    "casework_officers.request_supplement": frozenset({Role.REVIEWER}),
    "casework_officers.review_application": frozenset({Role.REVIEWER}),
    "casework_officers.decide_application": frozenset({Role.APPROVER}),
    "casework_officers.take_step": _HANDLING,
    "casework_officers.declare_conflict": _HANDLING,
    "casework_officers.list_comments": _READING,
    "casework_officers.add_comment": _HANDLING,
    "casework_officers.list_objections": frozenset({Role.SUPERVISOR}),
    "casework_officers.show_workload": frozenset({Role.SUPERVISOR}),
    "casework_officers.list_bulk_candidates": frozenset({Role.APPROVER}),
    "casework_officers.approve_in_bulk": frozenset({Role.APPROVER}),
    "deputies_officers.list_deputations": _HANDLING,
    "deputies_officers.name_deputy": _HANDLING,
    "deputies_officers.end_deputation": _HANDLING,
    "deputies_officers.list_colleagues": _HANDLING,
    "saved_views_officers.list_views": _READING,
    "saved_views_officers.save_view": _READING,
    "saved_views_officers.remove_view": _READING,
    "phrases_officers.list_phrases": _HANDLING,
    "phrases_officers.add_phrase": frozenset({Role.SUPERVISOR}),
    "phrases_officers.retire_phrase": frozenset({Role.SUPERVISOR}),
    "card_officers.list_cards": _READING,
    "card_officers.suspend_card": _HANDLING,
    "card_officers.restore_card": _HANDLING,
    "card_officers.revoke_card": _HANDLING,
    "card_officers.replace_card": _HANDLING,
    "card_officers.move_card_to_employer": frozenset({Role.APPROVER}),
    "card_officers.list_waiting_dependants": frozenset({Role.REVIEWER, Role.APPROVER}),
    "card_officers.decide_dependant": frozenset({Role.REVIEWER, Role.APPROVER}),
    "settlement_officers.settlement_of_partner": _PARTNERS | {Role.AUDITOR},
    "partner_officers.list_partners": _PARTNERS,
    "partner_officers.register_partner": _PARTNERS,
    "partner_officers.add_client": _PARTNERS,
    "partner_officers.add_operator": _PARTNERS,
    "partner_officers.set_partner_state": _PARTNERS,
    "partner_officers.rotate_client_secret": _PARTNERS,
    "partner_officers.replace_client_keys": _PARTNERS,
    "partner_officers.set_client_networks": _PARTNERS,
    "partner_officers.set_client_state": _PARTNERS,
    "partner_officers.set_partner_rate": _PARTNERS,
    "webhooks_officers.register_webhook": _PARTNERS,
    "webhooks_officers.rotate_webhook_secret": _PARTNERS,
    "webhooks_officers.set_webhook_state": _PARTNERS,
    "people_officers.appoint_contact": frozenset({Role.SPECIALIST, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "help_officers.add_service_point": _PARTNERS,
    "help_officers.close_service_point": _PARTNERS,
    "account_officers.show_officer": _ANY,
    "own_sessions_officers.list_officer_sessions": _ANY,
    "own_sessions_officers.end_officer_session": _ANY,
    "own_sessions_officers.end_officer_sessions": _ANY,
    "account_officers.propose_totp_reset": frozenset({Role.ADMINISTRATOR}),
    "account_officers.confirm_totp_reset": frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),
    "account_officers.link_oidc": frozenset({Role.ADMINISTRATOR}),
    "account_officers.unlink_oidc": frozenset({Role.ADMINISTRATOR}),
    "recovery_officers.propose_recovery": frozenset({Role.REVIEWER, Role.SPECIALIST}),
    "recovery_officers.list_recoveries": frozenset({Role.REVIEWER, Role.SPECIALIST, Role.SUPERVISOR, Role.APPROVER}),
    "recovery_officers.confirm_recovery": frozenset({Role.SUPERVISOR, Role.APPROVER}),
    "notification_officers.list_office_notifications": _ANY,
    "audit_officers.search_audit": frozenset({Role.AUDITOR}),
    "audit_officers.export_audit": frozenset({Role.AUDITOR}),
    "runtime_officers.job_overview": frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.SUPERVISOR}),
    "runtime_officers.retry_job": frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}),
}
"""The offices that open each door, by the door's name: blueprint and function."""


def opens(endpoint: str | None, roles: Collection[Role]) -> bool:
    """Tell whether one of the roles opens a door; a door that is not listed leaves the answer to its workflow."""
    allowed = OFFICES.get(endpoint or "")
    return allowed is None or not allowed.isdisjoint(roles)
