"""The console: officers work through the queue, decide applications, look after cards and partners."""

from suchang.web.console.account import invitations, officers, oidc, own_account, recovery, sign_in
from suchang.web.console.application import evidence
from suchang.web.console.audit import search
from suchang.web.console.card import cards, dependants
from suchang.web.console.casework import application_page, bulk, deputies, phrases, queue, saved_views, steps
from suchang.web.console.credential import keys
from suchang.web.console.frame import blueprint
from suchang.web.console.partner import clients, onboarding, partner_page, settlement, sites, webhooks
from suchang.web.console.policy import drafts
from suchang.web.console.runtime import jobs

__all__ = [
    "application_page", "blueprint", "bulk", "cards", "clients", "dependants", "deputies", "drafts", "evidence",
    "invitations", "jobs", "keys", "officers", "oidc", "onboarding", "own_account", "partner_page", "phrases", "queue",
    "recovery", "saved_views", "search", "settlement", "sign_in", "sites", "steps", "webhooks",
]  # fmt: skip
