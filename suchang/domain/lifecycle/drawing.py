"""Draw the two tables as Mermaid diagrams and write them out as Markdown: ``docs/lifecycle.md`` is made by this module.

``python -m suchang.domain.lifecycle.drawing > docs/lifecycle.md``; a test compares the two.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields
from enum import StrEnum
from typing import Final

from suchang.domain.account.roles import ROLE_NAMES
from suchang.domain.lifecycle.cards import CARD_RULES, CardRule
from suchang.domain.lifecycle.names import EVENT_NAMES, STATE_NAMES
from suchang.domain.lifecycle.states import ApplicationEvent, ApplicationState, CardState
from suchang.domain.lifecycle.table import RULES, Rule
from suchang.domain.lifecycle.working_days import Limits

_HEAD: Final = """# The lifecycle of applications and cards · 申请与人才卡的流程

This page is made from the transition tables in `suchang/domain/lifecycle/` and a test compares it with them; change the
tables, then run `python -m suchang.domain.lifecycle.drawing > docs/lifecycle.md`.

An officer's act also needs the case to lie in the officer's area. A deputy acts as themselves and names whom they stand
in for; every condition about people holds for both of them, and the two count as one person in every case that was
begun before the last day of the deputation.
"""


def document() -> str:
    """Return the whole page."""
    parts = [
        _HEAD,
        "## Applications · 申请\n",
        _diagram(RULES, ApplicationState, "draft", skip=frozenset({ApplicationEvent.WITHDRAW})),
        "\nWithdrawing (撤回) is possible at any time before approval and isn't drawn.\n",
        _table(RULES),
        "\n## Cards · 人才卡\n",
        _diagram(CARD_RULES, CardState, "active"),
        "",
        _table(CARD_RULES),
        "\n## Time limits and other numbers · 期限\n",
        "All of them are assumptions: the policy documents give none. Limits are working days, counted from the day"
        " after their cause; the review limit pauses while documents are awaited.\n",
        _limits(),
    ]
    return "\n".join(parts)


def _diagram(
    rules: Sequence[Rule] | Sequence[CardRule],
    states: Iterable[ApplicationState] | Iterable[CardState],
    first: str,
    skip: frozenset[StrEnum] = frozenset(),
) -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    left = {source for rule in rules for source in rule.sources if rule.target != source}
    lines += [f'    state "{STATE_NAMES[state][0]} {state.replace("_", " ")}" as {state}' for state in states]
    lines.append(f"    [*] --> {first}")
    arrows: dict[tuple[str, str], list[str]] = {}
    for rule in rules:
        if rule.event in skip:
            continue
        label = EVENT_NAMES[rule.event][0] + (f" ({rule.route.label})" if rule.route is not None else "")
        for source in rule.sources:
            arrows.setdefault((source, rule.target), []).append(label)
    lines += [f"    {source} --> {target} : {' / '.join(labels)}" for (source, target), labels in arrows.items()]
    lines += [f"    {state} --> [*]" for state in states if state not in left]
    return "\n".join([*lines, "```"])


def _table(rules: Sequence[Rule] | Sequence[CardRule]) -> str:
    lines = ["| event 事项 | from | to | who 经办 | conditions 条件 (code) |", "|---|---|---|---|---|"]
    for rule in rules:
        zh, en = EVENT_NAMES[rule.event]
        route = f" — {rule.route.label}" if rule.route is not None else ""
        sources = ", ".join(f"`{source}`" for source in rule.sources)
        who = ", ".join(sorted(f"{ROLE_NAMES[role][0]} {ROLE_NAMES[role][1]}" for role in rule.who))
        guards = " ".join(f"{guard.en} (`{guard.code}`)" for guard in rule.guards) or "—"
        lines.append(f"| {zh} {en}{route} | {sources} | `{rule.target}` | {who} | {guards} |")
    return "\n".join(lines)


def _limits() -> str:
    limits = Limits()
    lines = ["| setting | value |", "|---|---|"]
    lines += [f"| `{field.name}` | {getattr(limits, field.name)} |" for field in fields(limits)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
