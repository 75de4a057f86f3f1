"""Names that pages show of applications and cards: states, events, reasons, how a deadline looks, the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from suchang.domain.account.roles import CITIES, ROLE_NAMES, Role
from suchang.domain.clock import local_date
from suchang.domain.lifecycle.names import EVENT_NAMES, REASON_NAMES, STATE_NAMES
from suchang.domain.lifecycle.states import ApplicationEvent, ApplicationState, CardReason, CardState
from suchang.domain.lifecycle.working_days import RED_WITHIN, working_days_between
from suchang.domain.vocabulary import PhraseKind
from suchang.web.auth import collaborators
from suchang.web.formats import day, working_days_left
from suchang.web.languages import gettext, in_language
from suchang.workflows.casework.officer_acts import STEPS

_KINDS = {
    ApplicationState.REJECTED: "refuse",
    ApplicationState.WITHDRAWN: "",
    ApplicationState.LAPSED: "",
    ApplicationState.ISSUED: "ok",
    ApplicationState.APPROVED: "ok",
    ApplicationState.SUPPLEMENT_REQUESTED: "warn",
    ApplicationState.OBJECTED: "warn",
    CardState.ACTIVE: "ok",
    CardState.SUSPENDED: "warn",
    CardState.REVOKED: "refuse",
}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def signature_words(verdict: str) -> tuple[str, str]:
    """Say what was found about an electronic signature, and how a page marks it."""
    return {
        "trusted": (gettext("签名有效，签署后没有改动，证书可信"), "ok"),
        "unknown_signer": (gettext("签署后没有改动，但本系统不认识证书的签发机构，请另行核对签署人"), "warn"),
        "changed_after": (gettext("签署后文件又被改动，请核对原件"), "refuse"),
        "broken": (gettext("签名与内容不符，文件可能被篡改"), "refuse"),
    }.get(verdict, (gettext("这种签名（如国密 SM2）本系统不能核验，请用签署平台核验"), "warn"))


def state_name(state: str) -> str:
    """Name the state of an application or a card."""
    known: Mapping[str, tuple[str, str]] = {key.value: words for key, words in STATE_NAMES.items()}
    return _capital(in_language(*known.get(state, (state, state))))


def state_kind(state: str) -> str:
    """Return the kind of badge for a state."""
    return {key.value: kind for key, kind in _KINDS.items()}.get(state, "accent")


def event_name(action: str) -> str:
    """Name what happened to an application, from the action of its audit row."""
    known = {event.value: EVENT_NAMES[event] for event in ApplicationEvent}
    if action == "application_started":
        return gettext("开始填写")
    return _capital(in_language(*known.get(action.removeprefix("application_"), (action, action))))


def reason_names() -> list[tuple[str, str]]:
    """List the reasons for which an officer suspends or revokes a card."""
    chosen = (
        CardReason.UNDER_REVIEW,
        CardReason.SUSPECTED_FRAUD,
        CardReason.MISTAKE,
        CardReason.NO_LONGER_QUALIFIES,
        CardReason.FRAUD,
        CardReason.HOLDER_REQUEST,
        CardReason.DEATH,
    )
    return [(one.value, _capital(in_language(*REASON_NAMES[one]))) for one in chosen]


def replacement_reasons() -> list[tuple[str, str]]:
    """List why a card is replaced by another of the same approval."""
    return [(one.value, _capital(in_language(*REASON_NAMES[one]))) for one in (CardReason.LOST, CardReason.DAMAGED)]


def filters() -> dict[str, list[tuple[str, str]]]:
    """List what the queue can be filtered by beside state and name, with the choices of each."""
    return {
        "due": [("passed", gettext("已超期")), ("soon", gettext("两个工作日内到期"))],
        "kind": [("first", gettext("首次申请")), ("renewal", gettext("续期"))],
        "track": [("high_level", gettext("高层次人才")), ("high_skill", gettext("高技能人才"))],
        "city": [(code, in_language(*names)) for code, names in CITIES.items()],
    }


def phrase_kinds() -> list[tuple[str, str]]:
    """List the kinds of phrases with their names."""
    return [
        (PhraseKind.APPROVE.value, gettext("推荐或批准")),
        (PhraseKind.REJECT.value, gettext("不予通过")),
        (PhraseKind.SUPPLEMENT.value, gettext("补正")),
        (PhraseKind.SEND_BACK.value, gettext("退回审核")),
    ]


def role_names(roles: frozenset[Role]) -> str:
    """Name an officer's roles."""
    return gettext("、").join(in_language(*ROLE_NAMES[role]) for role in sorted(roles))


@dataclass(frozen=True)
class Due:
    """A deadline as the queue shows it: the words and whether they are urgent."""

    text: str
    hot: bool


def due(row: Mapping[str, Any]) -> Due:
    """Say how long is left for an application."""
    if row["state"] == ApplicationState.SUPPLEMENT_REQUESTED:
        return Due(gettext("补正中 · 计时暂停"), hot=False)
    if not row["due_on"]:
        return Due("", hot=False)
    today, last = local_date(collaborators().clock()), date.fromisoformat(row["due_on"])
    calendar = collaborators().working_days
    if last < today:
        return Due(working_days_left(-max(1, working_days_between(last, today, calendar))), hot=True)
    left = working_days_between(today, last, calendar)
    return Due(working_days_left(left), hot=left <= RED_WITHIN)


def steps(application: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the timeline of a application: what happened, where it stands, what comes next."""
    shown = [
        {"state": "done", "title": event_name(one["action"]), "text": day(one["at"])}
        for one in application["history"]
        if one["action"] not in {"application_claim"}
    ]
    state = ApplicationState(application["state"])
    ended = {ApplicationState.ISSUED: "done", ApplicationState.REJECTED: "stop"}
    if state in ended:
        if shown:
            shown[-1]["state"] = ended[state]
        return shown
    shown.append({"state": "now", "title": state_name(state.value), "text": due(application).text})
    later = {
        ApplicationState.DRAFT: [gettext("审核"), gettext("审批"), gettext("发卡")],
        ApplicationState.SUBMITTED: [gettext("审批"), gettext("发卡")],
        ApplicationState.AWAITING_EMPLOYER: [gettext("审核"), gettext("审批"), gettext("发卡")],
        ApplicationState.IN_REVIEW: [gettext("审批"), gettext("发卡")],
        ApplicationState.SUPPLEMENT_REQUESTED: [gettext("审批"), gettext("发卡")],
        ApplicationState.RECOMMENDED: [gettext("发卡")],
        ApplicationState.PUBLIC_NOTICE: [gettext("审批"), gettext("发卡")],
        ApplicationState.SECOND_DECISION: [gettext("发卡")],
    }
    return shown + [{"state": "wait", "title": one, "text": ""} for one in later.get(state, [])]


_FURTHER: Mapping[str, tuple[str, ...]] = {
    "in_review": ("release",),
    "recommended": ("publish-notice", "send-back"),
    "public_notice": ("send-back",),
    "objected": ("dismiss-objection", "uphold-objection"),
    "second_decision": ("decline-decision",),
    "rejected": ("propose-reopen", "confirm-reopen"),
    "issued": ("propose-reopen", "confirm-reopen"),
}
"""The further steps that are offered in a state; whether one may be taken is the lifecycle's to say."""


def further_steps(application: Mapping[str, Any], roles: frozenset[Role]) -> list[tuple[str, str]]:
    """List the further steps that an officer's roles may take in this state, with their names."""
    return [
        (name, _capital(in_language(*EVENT_NAMES[STEPS[name][0]])))
        for name in _FURTHER.get(application["state"], ())
        if roles.intersection(STEPS[name][1])
    ]
