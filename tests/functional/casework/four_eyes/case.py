"""A case with a determination, seen through SQL as the application's role."""

from __future__ import annotations

from collections.abc import Callable

from suchang.domain.account.roles import Role
from suchang.domain.ids import new_id
from tests.support.application_role import ApplicationRole
from tests.support.databases import Database
from tests.support.world import QUALIFIED, World


class Case(ApplicationRole):
    """A submitted case with a determination, two accounts of one person, and others, seen through SQL."""

    def __init__(self, world: World, database: Database) -> None:
        super().__init__(database)
        serial = 790
        self.application = world.apply(world.person(serial=serial), QUALIFIED)
        self.applicant = world.officer(Role.REVIEWER, Role.APPROVER, person=serial - 500)
        self.rui, self.rui_again = (world.officer(Role.REVIEWER, Role.APPROVER, person=1) for _ in range(2))
        self.ana, self.an = (world.officer(Role.APPROVER) for _ in range(2))
        row = self.app.execute(
            "SELECT a.person_id, d.id, d.tier FROM application a JOIN determination d ON d.application_id = a.id"
            " WHERE a.id = %s",
            [self.application],
        ).fetchone()
        self.person, self.determination, self.tier = (str(one) if one is not None else None for one in row)

    def review(self, officer: str, index: bytes | None = None, round_: int = 1, attempt: int = 1) -> None:
        self.app.execute(
            "INSERT INTO review (id, application_id, round, attempt, officer_id, person_index, outcome, reason,"
            " created_at) VALUES (%s, %s, %s, %s, %s, %s, 'recommend', 'r', now())",
            [new_id("rev"), self.application, round_, attempt, officer, index or self.index(officer)],
        )

    def decide(self, officer: str, *, index: bytes | None = None, part: str = "first", round_: int = 1,
               tier: str = "C", against: bool | None = None, determination: str | None = None,
               reason: str = "r") -> str:  # fmt: skip
        made = new_id("dec")
        self.app.execute(
            "INSERT INTO decision (id, application_id, round, attempt, part, officer_id, person_index, outcome, tier,"
            " reason, against_determination, determination_id, created_at)"
            " VALUES (%s, %s, %s, 1, %s, %s, %s, 'approve', %s, %s, %s, %s, now())",
            [made, self.application, round_, part, officer, index or self.index(officer), tier, reason,
             tier != self.tier if against is None else against, determination or self.determination],
        )  # fmt: skip
        return made

    def card(self, decision: str, tier: str = "C", state: str = "active") -> None:
        self.app.execute(
            "INSERT INTO card (id, number, person_id, application_id, decision_id, tier, track, city, state, facts,"
            " valid_from, valid_until, issued_at, version) VALUES (%s, %s, %s, %s, %s, %s, 't', '320100', %s, '{}',"
            " current_date, current_date + 9, now(), 1)",
            [new_id("crd"), new_id("no"), self.person, self.application, decision, tier, state],
        )

    def deputize(self, away: str, deputy: str, days: int = 9) -> None:
        self.app.execute(
            "INSERT INTO deputation (id, officer_id, officer_index, deputy_id, deputy_index, from_day, until_day,"
            " reason, entered_by, created_at)"
            " VALUES (%s, %s, %s, %s, %s, '2026-11-02', DATE '2026-11-02' + %s, '', %s, now())",
            [new_id("dpy"), away, self.index(away), deputy, self.index(deputy), days, away],
        )

    def honest_card(self) -> None:
        self.review(self.rui)
        first = self.decide(self.ana)
        self.decide(self.an, part="second")
        self.card(first)


Attack = Callable[[Case], None]
