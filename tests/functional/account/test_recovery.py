"""A lost phone number: what one officer sees and another confirms, and what nobody does alone, not even in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from suchang.domain.account.roles import OFFICER_ROLES, Role
from suchang.workflows.notification import notifications
from tests.support.application_role import ApplicationRole
from tests.support.authenticator import Authenticator
from tests.support.world import World, identity_number

PATH = "/api/v1/account-recoveries"


def phone_of(serial: int) -> str:
    return f"139{serial:08d}"


def request_for(serial: int, phone: str) -> dict[str, Any]:
    identity = {"type": "resident_id", "number": identity_number(serial)}
    return {"identity": identity, "phone": phone, "reason": "旧号码已停用", "document_seen": True}


def asked(world: World, officer: str, serial: int, phone: str) -> str:
    return str(world.ok("POST", PATH, officer, json=request_for(serial, phone))["id"])


def confirmed(world: World, officer: str, recovery: str) -> int:
    return world.call("POST", f"{PATH}/{recovery}/confirmation", officer, json={}).status_code


def alive(world: World, token: str) -> bool:
    return world.call("GET", "/api/v1/me", token).status_code == 200


def by_code(world: World, phone: str) -> str:
    code = world.ok("POST", "/api/v1/sign-in/codes", json={"phone": phone})["code"]
    return str(world.ok("POST", "/api/v1/sign-in", json={"phone": phone, "code": code})["token"])


@pytest.fixture(scope="module")
def window(world: World) -> str:
    return world.office(Role.REVIEWER)


@pytest.fixture(scope="module")
def second(world: World) -> str:
    return world.office(Role.SUPERVISOR)


def test_everything_of_the_old_phone_ends_when_two_officers_agree(world: World, window, second, database) -> None:
    token = world.holder(serial=810)
    me = world.ok("GET", "/api/v1/me", token)["id"]
    phone = world.phone(token)
    device = Authenticator("http://localhost:8000")
    options = world.ok("POST", "/api/v1/me/passkeys/options", token, json={})
    world.ok("POST", "/api/v1/me/passkeys", token, json={"name": "x", "credential": device.create(options)})
    partner = world.partner("medical")
    assert world.verify(partner, phone.code(world.second))["outcome"] == "accepted"
    recovery = asked(world, window, 810, "13600000810")
    assert alive(world, token), "nothing happens before a second officer agrees"
    assert world.ok("GET", "/api/v1/me", token)["phone"] == phone_of(810)
    assert confirmed(world, second, recovery) == 204
    assert not alive(world, token)
    options = world.ok("POST", "/api/v1/sign-in/passkey/options", json={})
    assert world.call("POST", "/api/v1/sign-in/passkey", json={"credential": device.sign(options)}).status_code == 401
    world.clock.move(seconds=40)
    assert world.verify(partner, phone.code(world.second))["outcome"] == "refused"
    again = by_code(world, "13600000810")
    assert world.ok("GET", "/api/v1/me", again)["id"] == me
    assert world.ok("GET", "/api/v1/me/card", again)["devices"] == []
    assert world.ok("GET", "/api/v1/me", by_code(world, phone_of(810)))["id"] != me, "the old number opens nothing"
    with database.connect("app") as app:
        told = app.execute(
            "SELECT event, phone FROM notification WHERE person_id = %s AND event = 'phone_changed' ORDER BY phone",
            [me],
        ).fetchall()
        traces = app.execute(
            "SELECT action, data FROM audit_event WHERE subject_id = %s AND action LIKE 'account_recovery%%'"
            " ORDER BY at, action DESC",
            [me],
        ).fetchall()
    assert told == [("phone_changed", phone_of(810)), ("phone_changed", None)]
    assert [row[0] for row in traces] == ["account_recovery_proposed", "account_recovery_confirmed"]
    assert (traces[1][1]["passkeys"], traces[1][1]["devices"]) == (1, 1)
    shown = world.ok("GET", "/api/v1/me/notifications", again)["items"]
    assert "96178" in next(one["text"] for one in shown if one["event"] == "phone_changed")


def test_old_number_is_told_when_the_message_goes_out(world: World, window, second, served_gateway) -> None:
    world.person(serial=811)
    assert confirmed(world, second, asked(world, window, 811, "13600000811")) == 204
    told = {one["phone"] for one in served_gateway() if one["event"] == "phone_changed"}
    assert {phone_of(811), "13600000811"} <= told


@pytest.fixture
def served_gateway(world: World, database) -> Callable[[], list[dict[str, Any]]]:
    """Return what the gateway for messages would be sent now."""

    def waiting() -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []
        with database.connect("app") as app:
            ids = [row[0] for row in app.execute("SELECT id FROM notification WHERE delivered_at IS NULL").fetchall()]
        for one in ids:
            body = notifications.message(world.collaborators, str(one))
            sent += [{**body.fields, "phone": body.phone}] if body else []
        return sent

    return waiting


def test_empty_account_makes_way_when_the_holder_tried_the_new_number(world: World, window, second) -> None:
    token = world.person(serial=812)
    me = world.ok("GET", "/api/v1/me", token)["id"]
    stray = by_code(world, "13600000812")
    assert confirmed(world, second, asked(world, window, 812, "13600000812")) == 204
    assert world.ok("GET", "/api/v1/me", by_code(world, "13600000812"))["id"] == me
    assert not alive(world, stray)


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"document_seen": False}, 422, "document_not_seen"),
        ({"phone": phone_of(813)}, 409, "same_phone"),
        ({"phone": phone_of(814)}, 409, "phone_taken"),
        ({"phone": "no number"}, 422, "no_phone"),
        ({"identity": {"type": "resident_id", "number": identity_number(998)}}, 404, "holder_not_found"),
        ({"identity": {"type": "resident_id", "number": "1"}}, 422, "invalid_identity"),
        ({"reason": ""}, 422, "invalid_fields"),
    ],
)
def test_request_is_refused_in_words_when_it_cannot_be(world: World, window, changed, status, code) -> None:
    for serial in (813, 814):
        if world.call("POST", PATH, window, json=request_for(serial, "13600009999")).status_code == 404:
            world.person(serial=serial)
    world.clock.move(hours=25)
    fresh = world.office(Role.REVIEWER)
    answer = world.call("POST", PATH, fresh, json=request_for(813, "13600000813") | changed)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_request_waits_once_and_for_a_day(world: World) -> None:
    world.person(serial=815)
    window, second = world.office(Role.SPECIALIST), world.office(Role.APPROVER)
    recovery = asked(world, window, 815, "13600000815")
    again = world.call("POST", PATH, window, json=request_for(815, "13600000816"))
    assert (again.status_code, again.json["code"]) == (409, "recovery_waits")
    (shown,) = [one for one in world.ok("GET", PATH, second)["items"] if one["id"] == recovery]
    assert shown["can_confirm"]
    assert shown["document"]["number"] == "3299" + "*" * 12 + identity_number(815)[-2:]
    assert shown["old_phone"] == "*******" + phone_of(815)[-4:]
    world.clock.move(hours=24)
    second = world.office(Role.APPROVER)
    answer = world.call("POST", f"{PATH}/{recovery}/confirmation", second, json={})
    assert answer.json["code"] == "proposal_over"
    assert recovery not in {one["id"] for one in world.ok("GET", PATH, second)["items"]}


def test_request_is_confirmed_once(world: World) -> None:
    world.person(serial=816)
    recovery = asked(world, world.office(Role.REVIEWER), 816, "13600000817")
    second = world.office(Role.SUPERVISOR)
    assert confirmed(world, second, recovery) == 204
    assert confirmed(world, second, recovery) == 409


def test_nobody_takes_both_sides_when_one_person_has_every_account(world: World, database) -> None:
    """One human being has an account for each role, and tries every pair of them on every door."""
    world.person(serial=820)
    accounts = {role: world.office(role, person=470) for role in sorted(OFFICER_ROLES)}
    all_roles = world.office(*OFFICER_ROLES, person=470)
    gone = []
    for role, token in (*accounts.items(), ("all", all_roles)):
        answer = world.call("POST", PATH, token, json=request_for(820, "13600000820"))
        assert (answer.status_code == 403) == (role not in ("all", Role.REVIEWER, Role.SPECIALIST)) or (
            answer.json["code"] == "recovery_waits"
        )
        for other in (*accounts.values(), all_roles):
            for one in world.ok("GET", PATH, all_roles)["items"]:
                status = confirmed(world, other, one["id"])
                gone += [(role, status)] if status != 403 else []
    assert gone == []
    with database.connect("app") as app:
        found = app.execute("SELECT phone FROM person WHERE phone = %s", [phone_of(820)]).fetchall()
    assert len(found) == 1


def test_nobody_recovers_their_own_account(world: World) -> None:
    world.person(serial=821)
    own = world.office(Role.REVIEWER, Role.SUPERVISOR, person=821 - 500)
    answer = world.call("POST", PATH, own, json=request_for(821, "13600000821"))
    assert (answer.status_code, answer.json["code"]) == (403, "four_eyes")
    recovery = asked(world, world.office(Role.REVIEWER), 821, "13600000821")
    assert confirmed(world, own, recovery) == 403


def test_officer_of_another_city_sees_nothing(world: World) -> None:
    world.person(serial=822)
    elsewhere = world.office(Role.REVIEWER, Role.SUPERVISOR, city="320500")
    assert world.call("POST", PATH, elsewhere, json=request_for(822, "13600000822")).status_code == 404
    recovery = asked(world, world.office(Role.REVIEWER, city="320100"), 822, "13600000822")
    assert recovery not in {one["id"] for one in world.ok("GET", PATH, elsewhere)["items"]}
    assert confirmed(world, elsewhere, recovery) == 404
    assert confirmed(world, world.office(Role.SUPERVISOR, city="320100"), recovery) == 204


class Table(ApplicationRole):
    """A holder with an identity, and officers, seen through SQL with the application's role."""

    def __init__(self, world: World, database) -> None:
        super().__init__(database)
        world.person(serial=830)
        self.one, self.other = (world.officer(Role.REVIEWER, Role.SUPERVISOR) for _ in range(2))
        self.twin = [world.officer(Role.REVIEWER, Role.SUPERVISOR, person=480) for _ in range(2)]
        self.own = world.officer(Role.REVIEWER, person=830 - 500)
        self.person = str(self.app.execute("SELECT id FROM person WHERE phone = %s", [phone_of(830)]).fetchone()[0])

    def ask(self, officer: str, index: bytes | None = None, **more: Any) -> None:
        row = {"id": "rcv_x", "person_id": self.person, "new_phone": "13600000830", "document_type": "resident_id",
               "reason": "r", "proposed_by": officer, "proposer_index": index or self.index(officer),
               "created_at": "2026-11-02T00:00:00Z", **more}  # fmt: skip
        names = ", ".join(row)
        marks = ", ".join(["%s"] * len(row))
        self.app.execute(f"INSERT INTO account_recovery ({names}) VALUES ({marks})", list(row.values()))  # noqa: S608

    def agree(self, officer: str, index: bytes | None = None) -> None:
        self.app.execute(
            "UPDATE account_recovery SET confirmed_by = %s, confirmer_index = %s, confirmed_at = now()"
            " WHERE id = 'rcv_x'",
            [officer, index or self.index(officer)],
        )

    def change(self, phone: str | None = "13600000830") -> None:
        self.app.execute("UPDATE person SET phone = %s WHERE id = %s", [phone, self.person])


@pytest.fixture(scope="module")
def table_of(world: World, database) -> Iterator[Table]:
    made = Table(world, database)
    yield made
    made.app.close()


@pytest.fixture
def table(table_of: Table) -> Iterator[Table]:
    with table_of.app.transaction(force_rollback=True):
        yield table_of


def number_changes_without_anybody(table: Table) -> None:
    table.change()


def number_changes_after_one_signature(table: Table) -> None:
    table.ask(table.one)
    table.change()


def number_is_taken_away_first(table: Table) -> None:
    table.change(None)
    table.change()


def identity_is_taken_away_first(table: Table) -> None:
    table.app.execute("UPDATE person SET identity_index = NULL WHERE id = %s", [table.person])
    table.change()


def another_number_than_was_confirmed(table: Table) -> None:
    table.ask(table.one)
    table.agree(table.other)
    table.change("13600000831")


def both_sides_by_one_account(table: Table) -> None:
    table.ask(table.one)
    table.agree(table.one)


def both_sides_by_two_accounts_of_one_person(table: Table) -> None:
    table.ask(table.twin[0])
    table.agree(table.twin[1])


def second_signature_borrowed(table: Table) -> None:
    table.ask(table.one)
    table.agree(table.one, table.index(table.other))


def second_signature_made_up(table: Table) -> None:
    table.ask(table.one)
    table.agree(table.other, b"somebody")


def first_signature_made_up(table: Table) -> None:
    table.ask(table.one, b"somebody")


def holder_asks_for_themselves(table: Table) -> None:
    table.ask(table.own)


def holder_confirms_for_themselves(table: Table) -> None:
    table.ask(table.one)
    table.agree(table.own)


def both_signatures_at_once(table: Table) -> None:
    table.ask(table.one, confirmed_by=table.other, confirmer_index=table.index(table.other), confirmed_at="2026-11-02")


def number_is_exchanged_after_the_confirmation(table: Table) -> None:
    table.ask(table.one)
    table.agree(table.other)
    table.app.execute("UPDATE account_recovery SET new_phone = '13600000832' WHERE id = 'rcv_x'")


def first_signature_is_exchanged(table: Table) -> None:
    table.ask(table.one)
    table.app.execute(
        "UPDATE account_recovery SET proposed_by = %s, proposer_index = %s, confirmed_by = %s, confirmer_index = %s,"
        " confirmed_at = now() WHERE id = 'rcv_x'",
        [table.other, table.index(table.other), table.one, table.index(table.one)],
    )


def traces_are_deleted(table: Table) -> None:
    table.ask(table.one)
    table.app.execute("DELETE FROM account_recovery")


def officer_without_office_signs(table: Table) -> None:
    table.app.execute("UPDATE officer SET active = false WHERE id = %s", [table.one])
    table.ask(table.one)


ATTACKS: list[Callable[[Table], None]] = [
    number_changes_without_anybody, number_changes_after_one_signature, number_is_taken_away_first,
    identity_is_taken_away_first, another_number_than_was_confirmed, both_sides_by_one_account,
    both_sides_by_two_accounts_of_one_person, second_signature_borrowed, second_signature_made_up,
    first_signature_made_up, holder_asks_for_themselves, holder_confirms_for_themselves, both_signatures_at_once,
    number_is_exchanged_after_the_confirmation, first_signature_is_exchanged, traces_are_deleted,
    officer_without_office_signs,
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.__name__)
def test_database_refuses_when_the_application_role_tries(table: Table, attack: Callable[[Table], None]) -> None:
    table.app.execute("SAVEPOINT before")
    with pytest.raises(psycopg.Error) as refused:
        attack(table)
    table.app.execute("ROLLBACK TO before")
    assert refused.value.sqlstate in {"SC001", "42501", "23514"}, refused.value


def test_database_takes_a_number_when_two_people_signed(table: Table) -> None:
    table.ask(table.one)
    table.agree(table.other)
    table.change()
    table.change(None)


def test_number_of_somebody_without_identity_is_free(world: World, database) -> None:
    by_code(world, "13600000840")
    with database.connect("app") as app:
        app.execute("UPDATE person SET phone = '13600000841' WHERE phone = '13600000840'")


def test_page_leads_two_officers_through_when_a_holder_comes(world: World) -> None:
    world.person(serial=850)
    clients = {}
    for key, role in (("window", Role.REVIEWER), ("second", Role.SUPERVISOR)):
        clients[key] = world.app.test_client()
        clients[key].set_cookie("sc_officer", world.office(role))
    form = {"document_type": "resident_id", "number": identity_number(850), "phone": "13600000850",
            "reason": "手机丢了", "csrf_token": clients["window"].get("/csrf").json["token"]}  # fmt: skip
    unseen = clients["window"].post("/console/recovery", data=form)
    assert "当面核对" in unseen.get_data(as_text=True)
    assert clients["window"].post("/console/recovery", data=form | {"seen": "yes"}).status_code == 302
    own = clients["window"].get("/console/recovery").get_data(as_text=True)
    assert "要由另一位主管或审批人确认" in own
    page = clients["second"].get("/console/recovery").get_data(as_text=True)
    assert "窗口核对" not in page.split("<h1>")[1].split("等待第二人确认")[1], "only who sits at a window asks"
    recovery = page.split("/console/recovery/")[-1].split("/")[0]
    token = clients["second"].get("/csrf").json["token"]
    done = clients["second"].post(f"/console/recovery/{recovery}/confirm", data={"csrf_token": token})
    assert done.headers["Location"] == "/console/recovery?done=confirmed"
    assert by_code(world, "13600000850")
