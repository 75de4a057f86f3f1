"""What a partner's scopes are called."""

from __future__ import annotations

from suchang.web.languages import gettext
from suchang.web.words.domains import all_domains, domain_words
from suchang.workflows.partner import partners
from suchang.workflows.partner.tokens import SANDBOX


def scope_name(scope: str) -> str:
    """Name a scope in the reader's language."""
    verb, _, domain = scope.partition(":")
    if scope == "verify:offline":
        return gettext("离线核验补传")
    if not domain:
        return gettext("沙箱")
    act = gettext("核验") if verb == "verify" else gettext("核销")
    return f"{act} · {domain_words(domain).name}"


def scope_names(scopes: list[str]) -> str:
    """Name what somebody may do, in the order in which one would tell it."""
    known = [f"{verb}:{one.slug}" for one in all_domains() for verb in partners.VERBS]
    ordered = [one for one in (*known, "verify:offline", SANDBOX) if one in scopes]
    return gettext("、").join(scope_name(one) for one in ordered)


def scope_list(domains: list[str]) -> list[str]:
    return [f"{verb}:{domain}" for domain in domains for verb in partners.VERBS] + ["verify:offline"]
