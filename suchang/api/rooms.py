"""The doors of the JSON API: every blueprint of every room, in the order in which the document tells of them."""

from __future__ import annotations

from typing import Final

from suchang.api.account import own_sessions, passkeys, recovery
from suchang.api.account import routes as account
from suchang.api.application import routes as application
from suchang.api.audit import routes as audit
from suchang.api.blueprints import RoomBlueprint
from suchang.api.card import routes as card
from suchang.api.casework import deputies, notices, phrases, saved_views
from suchang.api.casework import routes as casework
from suchang.api.credential import routes as credential
from suchang.api.help import routes as help
from suchang.api.notification import routes as notification
from suchang.api.partner import routes as partner
from suchang.api.partner import tokens, webhooks
from suchang.api.people import routes as people
from suchang.api.redemption import routes as redemption
from suchang.api.redemption import settlement
from suchang.api.runtime import routes as runtime
from suchang.api.verification import routes as verification

BLUEPRINTS: Final[tuple[RoomBlueprint, ...]] = (
    application.anyone,
    application.holders,
    application.officers,
    casework.officers,
    deputies.officers,
    notices.anyone,
    phrases.officers,
    saved_views.officers,
    card.holders,
    card.officers,
    credential.published,
    credential.holders,
    verification.partners,
    redemption.anyone,
    redemption.holders,
    redemption.partners,
    settlement.officers,
    settlement.partners,
    partner.officers,
    partner.partners,
    tokens.oauth,
    webhooks.officers,
    webhooks.partners,
    people.holders,
    people.officers,
    people.employers,
    help.anyone,
    help.officers,
    account.anyone,
    account.officers,
    own_sessions.holders,
    own_sessions.officers,
    passkeys.anyone,
    passkeys.holders,
    recovery.officers,
    notification.holders,
    notification.officers,
    audit.officers,
    runtime.operators,
    runtime.officers,
)
