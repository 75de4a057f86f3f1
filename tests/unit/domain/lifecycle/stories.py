"""People, moments and a short way to tell a story of events to the tables."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from suchang.domain.account.roles import Role, Scope
from suchang.domain.ids import PersonId
from suchang.domain.lifecycle import (
    SYSTEM,
    Actor,
    ApplicationEvent,
    ApplicationState,
    CaseFacts,
    Context,
    Determined,
    Outcome,
    Refusal,
    Transition,
    Weekdays,
    WorkingDays,
    advance,
)

NANJING = "320100"
SUZHOU = "320500"
IN_NANJING = Scope.of([NANJING])


def officer(name: str, role: Role, *, scope: Scope = IN_NANJING, on_behalf_of: str | None = None) -> Actor:
    return Actor(PersonId(name), role, scope, None if on_behalf_of is None else PersonId(on_behalf_of))


WANG = Actor(PersonId("wang"), Role.APPLICANT)
EMPLOYER = Actor(PersonId("personnel"), Role.EMPLOYER)
ANYONE = Actor(PersonId("neighbour"), Role.PUBLIC)
RUI = officer("rui", Role.REVIEWER)
RAN = officer("ran", Role.REVIEWER)
ANA = officer("ana", Role.APPROVER)
AN = officer("an", Role.APPROVER)
SU = officer("su", Role.SUPERVISOR)
SHEN = officer("shen", Role.SUPERVISOR)

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@dataclass
class Story:
    """One application and everything that happened to it."""

    case: CaseFacts = field(default_factory=lambda: CaseFacts(applicant=WANG.person, city=NANJING))
    state: ApplicationState = ApplicationState.DRAFT
    now: datetime = MONDAY
    days: WorkingDays = field(default_factory=Weekdays)
    notice_tiers: frozenset[str] = frozenset()
    answers: list[Transition | Refusal] = field(default_factory=list)

    def ask(self, event: ApplicationEvent, actor: Actor, **said: Any) -> Transition | Refusal:
        context = Context(
            case=self.case, actor=actor, moment=self.now, days=self.days, notice_tiers=self.notice_tiers, **said
        )
        return advance(self.state, event, context)

    def do(self, event: ApplicationEvent, actor: Actor, **said: Any) -> Transition:
        answer = self.ask(event, actor, **said)
        self.answers.append(answer)
        assert isinstance(answer, Transition), answer
        self.state, self.case = answer.target, answer.case
        return answer

    def refused(self, event: ApplicationEvent, actor: Actor, **said: Any) -> str:
        answer = self.ask(event, actor, **said)
        assert isinstance(answer, Refusal), answer
        assert answer.zh
        assert answer.en
        return answer.code

    def wait(self, days: int) -> Story:
        self.now += timedelta(days=days)
        return self

    def with_facts(self, **changes: Any) -> Story:
        self.case = replace(self.case, **changes)
        return self

    def submitted(self) -> Story:
        self.do(ApplicationEvent.SUBMIT, WANG)
        return self

    def claimed(self, by: Actor = RUI) -> Story:
        self.submitted().do(ApplicationEvent.CLAIM, by)
        return self

    def recommended(self, by: Actor = RUI) -> Story:
        self.claimed(by).do(ApplicationEvent.RECOMMEND, by, outcome=Outcome.APPROVE)
        return self

    def approved(self) -> Story:
        self.recommended().do(ApplicationEvent.APPROVE, ANA, determination=Determined("B"), grant="B")
        return self

    def issued(self) -> Story:
        self.approved().do(ApplicationEvent.ISSUE, SYSTEM)
        return self

    def rejected(self) -> Story:
        self.recommended().do(
            ApplicationEvent.REJECT, ANA, determination=Determined(None), reason="too few years", rule="JS-B-03"
        )
        return self
