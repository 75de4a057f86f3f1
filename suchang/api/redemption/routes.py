"""Routes of benefits, entitlements and the ledger."""

from __future__ import annotations

from typing import Any

from suchang.api.auth import collaborators
from suchang.api.blueprints import for_anyone, for_holders, for_partners
from suchang.api.redemption import answers, schemas
from suchang.api.requests import created, holder, partner, query_text, retry, retry_same_act
from suchang.workflows.redemption import benefits, confirm_release_reverse
from suchang.workflows.redemption import redeem as redemptions
from suchang.workflows.verification import sandbox

anyone = for_anyone("redemption", "redemption_anyone")
holders = for_holders("redemption", "redemption_holders")
partners = for_partners("redemption", "redemption_partners")


@anyone.get("/benefits")
@anyone.response(200, answers.BenefitsAnswer)
def list_benefits() -> dict[str, Any]:
    """List the benefit domains with their items."""
    return {"items": benefits.catalogue(collaborators())}


@holders.get("/card/entitlements")
@holders.response(200, answers.OwnEntitlementsAnswer)
def list_entitlements() -> dict[str, Any]:
    """List what your card gives you now, and what is used."""
    return {"items": benefits.mine(collaborators(), holder())}


@partners.post("/redemptions")
@partners.arguments(schemas.RedemptionBody)
@partners.response(201, answers.RedemptionAnswer)
def redeem(body: dict[str, Any]) -> Any:
    """Redeem or reserve an item on a verification of the last ten minutes."""
    if sandbox.is_sandbox(partner()):
        asked = {name: body[name] for name in ("item", "beneficiary", "details", "reserve")}
        return created(sandbox.redeem(collaborators(), partner(), verification_id=body["verification"], **asked))
    return created(
        redemptions.redeem(
            collaborators(),
            partner(),
            verification_id=body["verification"],
            item=body["item"],
            beneficiary=body["beneficiary"],
            details=body["details"],
            reserve=body["reserve"],
            granted_at=body["presented_at"],
            retry=retry_same_act(body),
        )
    )


@partners.post("/redemptions/<redemption_id>/confirmation")
@partners.arguments(schemas.ConfirmationBody)
@partners.response(201, answers.RedemptionAnswer)
def confirm_redemption(body: dict[str, Any], redemption_id: str) -> Any:
    """Confirm a reservation, wholly or in part."""
    return created(
        confirm_release_reverse.confirm(collaborators(), partner(), redemption_id, units=body["units"], retry=retry())
    )


@partners.post("/redemptions/<redemption_id>/release")
@partners.arguments(schemas.ReleaseBody)
@partners.response(201, answers.RedemptionAnswer)
def release_redemption(body: dict[str, Any], redemption_id: str) -> Any:
    """Return a reservation back."""
    return created(
        confirm_release_reverse.release(collaborators(), partner(), redemption_id, reason=body["reason"], retry=retry())
    )


@partners.post("/redemptions/<redemption_id>/reversal")
@partners.arguments(schemas.ReversalBody)
@partners.response(201, answers.RedemptionAnswer)
def reverse_redemption(body: dict[str, Any], redemption_id: str) -> Any:
    """Take a redemption back."""
    return created(
        confirm_release_reverse.reverse(
            collaborators(), partner(), redemption_id, reason=body["reason"], units=body["units"], retry=retry()
        )
    )


@partners.get("/redemptions")
@partners.response(200, answers.RedemptionsAnswer)
def list_redemptions() -> dict[str, Any]:
    """List your own lines of the ledger, newest first."""
    return redemptions.list_own(collaborators(), partner(), cursor=query_text("cursor"))
