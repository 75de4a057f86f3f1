"""The console: officers work through the queue, decide cases, look after cards and partners."""

from suchang.web.console import (
    account,
    bulk,
    family_pages,
    office,
    oidc_pages,
    oversight,
    partner_pages,
    policy,
    recovery,
    sharing,
    user_pages,
)
from suchang.web.console.routes import blueprint

__all__ = [
    "account",
    "blueprint",
    "bulk",
    "family_pages",
    "office",
    "oidc_pages",
    "oversight",
    "partner_pages",
    "policy",
    "recovery",
    "sharing",
    "user_pages",
]
