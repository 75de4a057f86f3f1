"""The holder's room: the card on the phone, the application, benefits, family, records."""

from suchang.web.holder.account import passkeys, sessions, settings, sign_in
from suchang.web.holder.application import conversation, evidence
from suchang.web.holder.application.frame import blueprint as apply_blueprint
from suchang.web.holder.card import card, dependants
from suchang.web.holder.credential import print_card
from suchang.web.holder.frame import blueprint
from suchang.web.holder.redemption import benefits
from suchang.web.holder.runtime import installable
from suchang.web.holder.verification import records

__all__ = [
    "apply_blueprint", "benefits", "blueprint", "card", "conversation", "dependants", "evidence", "installable",
    "passkeys", "print_card", "records", "sessions", "settings", "sign_in",
]  # fmt: skip
