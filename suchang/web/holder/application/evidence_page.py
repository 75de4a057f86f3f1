"""The page of evidence: what is still asked, and what the application is worth so far."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from suchang.domain.clock import local_date
from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators
from suchang.web.holder.application.fact_forms import FactForm, form_for, yes_or_no
from suchang.web.holder.application.frame import (
    page,
)
from suchang.web.languages import is_english
from suchang.web.portal.application.profiles import facts_of
from suchang.web.words.proofs import Proof, fact_name, proof_of, value_text
from suchang.workflows.application import determine


def _needed(answers: dict[str, Any], has: set[str]) -> list[FactForm]:
    """List the forms that are still open: what the answers rest on, without what has been given."""
    today = local_date(collaborators().clock())
    facts = facts_of(answers.get("who", ""), answers.get("place", ""), answers.get("merits", ()), today)
    made = [form_for(collaborators().engine.pack, name, value) for name, value in facts.items() if name != "fraud_bar"]
    return [one for one in made if one is not None and one.fact not in has]


def _so_far(current: dict[str, Any]) -> Proof | None:
    pieces = [SimpleNamespace(facts=piece["facts"]) for piece in current["evidence"]]
    try:
        found = determine.precheck(collaborators(), determine.merged_facts(cast(Any, pieces)) | {"fraud_bar": False})
    except DomainError:
        return None
    return proof_of(collaborators().engine.pack, found.to_json("en" if is_english() else "zh"), translated=True)


def evidence_page(current: dict[str, Any], answers: dict[str, Any], wrong: str = "") -> str:
    """Draw the page of evidence."""
    pack = collaborators().engine.pack
    has = {name for piece in current["evidence"] for name in piece["facts"]}
    return page(
        "holder/application/evidence.html", wrong, current=current, needed=_needed(answers, has),
        proof=_so_far(current),
        fact_name=lambda name: fact_name(pack, name), say_value=lambda name, value: value_text(pack, name, value),
        yes_or_no=yes_or_no(),
    )  # fmt: skip
