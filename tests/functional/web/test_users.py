"""Officers' accounts over the console: made, used, closed, unlocked, signed out, a second factor reset by two."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pyotp
from flask.testing import FlaskClient

from suchang.config.oidc_provider import OidcProvider
from suchang.domain.account.roles import Role
from tests.support.world import World, identity_number

PROVIDER = OidcProvider("https://login.example", "suchang", "secret")
NEW = {"name": "赵审核", "username": "zhao", "number": identity_number(990), "roles": "reviewer", "city": "320500"}


class Officer:
    """A browser in which an officer is signed in."""

    def __init__(self, world: World, token: str) -> None:
        self.http: FlaskClient = world.app.test_client()
        self.http.set_cookie("sc_officer", token)

    def see(self, path: str = "/console/users") -> str:
        """Read a page."""
        return self.http.get(path).get_data(as_text=True)

    def send(self, path: str, **fields: Any) -> tuple[int, str]:
        """Send a form; gives the status and the page that answers, or the one that it leads to."""
        token = self.http.get("/csrf").json["token"]  # type: ignore[index]
        answer = self.http.post(f"/console/users{path}", data={"csrf_token": token, **fields})
        where = answer.headers.get("Location")
        return answer.status_code, self.see(where) if where else answer.get_data(as_text=True)


def shown(page: str) -> list[str]:
    """Return what a page shows this once."""
    return re.findall(r'<output\s+class="num secret__value">([^<]+)</output>', page)


def id_of(page: str, username: str) -> str:
    """Find the id of an account in the list."""
    row = next(one for one in page.split("<tr>") if f">{username}<" in one)
    return str(re.findall(r"/console/users/(off_\w+)/state", row)[0])


def test_an_officer_works_with_what_was_shown_once_until_the_account_is_closed(world: World) -> None:
    chief = Officer(world, world.office(Role.ADMINISTRATOR, person=470))
    status, page = chief.send("/new", **NEW | {"number": NEW["number"][:-1] + "A"})
    assert (status, "证件号码不对" in page, 'value="赵审核"' in page) == (409, True, True)
    status, page = chief.send("/new", **{key: value for key, value in NEW.items() if key != "roles"})
    assert (status, "请至少选一个岗位" in page) == (409, True)
    another = Officer(world, world.office(Role.ADMINISTRATOR))
    status, page = chief.send("/new", **NEW)
    [proposal] = re.findall(
        r"/console/users(/proposals/ofp_\w+)", Officer(world, world.office(Role.ADMINISTRATOR)).see()
    )
    assert (status, "要由另一个人确认" in page, proposal in page) == (302, True, False)
    assert chief.send(proposal)[0] == 409
    status, page = another.send(proposal)
    username, link = shown(page)
    password = "seven quiet lanterns"
    secret = world.accept(link, NEW["number"], password)
    assert (status, username) == (200, "zhao")
    assert world.app.test_client().get(link).status_code == 404, "an invitation is used once"
    assert chief.send("/new", **NEW)[0] == 409
    listed = chief.see("/console/users?q=审核员")
    assert secret not in listed
    assert "从未登录" in listed
    zhao = id_of(listed, "zhao")

    def sign_in() -> Any:
        body = {"username": "zhao", "password": password, "totp": pyotp.TOTP(secret).at(world.second)}
        return world.call("POST", "/api/v1/officer/sign-in", json=body)

    token = sign_in().json["token"]
    assert world.ok("GET", "/api/v1/officer", token)["city"] == "320500"
    assert Officer(world, token).http.get("/console/users").status_code == 403
    assert "1 处登录中" in chief.see()
    assert "处登录中" not in chief.send(f"/{zhao}/sign-out")[1].partition(">zhao<")[2]
    assert world.call("GET", "/api/v1/officer", token).status_code == 401

    assert chief.send(f"/{zhao}/state", state="closed")[0] == 422
    assert "已停用" in chief.send(f"/{zhao}/state", state="closed", reason="调离")[1]
    world.clock.move(minutes=1)  # type: ignore[attr-defined]
    assert sign_in().status_code == 401
    assert chief.send(f"/{zhao}/state", state="closed", reason="调离")[0] == 409
    assert "已停用" not in chief.send(f"/{zhao}/state", state="active", reason="调回")[1]
    world.clock.move(minutes=1)  # type: ignore[attr-defined]
    assert sign_in().status_code == 200


def test_nobody_looks_after_their_own_account_under_whatever_name(world: World) -> None:
    first = world.officer(Role.ADMINISTRATOR, person=471)
    same = Officer(world, world.office(Role.ADMINISTRATOR, person=471))
    page = same.see()
    assert "/console/users/off_" not in page
    assert "由其他管理员办理" in page
    for path, fields in (("state", {"state": "closed", "reason": "x"}), ("sign-out", {}), ("unlock", {})):
        status, page = same.send(f"/{first}/{path}", **fields)
        assert (status, "自己的账号要由其他管理员办理" in page) == (409, True)
    assert same.send(f"/{first}/totp", reason="丢失")[0] == 409


def test_a_lock_is_opened_and_a_second_factor_reset_by_two(world: World) -> None:
    chief = Officer(world, world.office(Role.ADMINISTRATOR, person=472))
    subject = world.officer(Role.REVIEWER)
    username, _ = world._secrets[subject]
    for _ in range(5):
        wrong = {"username": username, "password": "wrong password", "totp": "000000"}
        assert world.call("POST", "/api/v1/officer/sign-in", json=wrong).status_code == 401
    assert "已锁定" in chief.see()
    assert "已锁定" not in chief.send(f"/{subject}/unlock")[1]
    assert chief.send(f"/{subject}/unlock")[0] == 409

    assert chief.send(f"/{subject}/totp")[0] == 422
    status, page = chief.send(f"/{subject}/totp", reason="手机丢失")
    assert (status, "要由另一个人确认" in page, "/users/resets/" in page) == (302, True, False)
    supervisor = Officer(world, world.office(Role.SUPERVISOR))
    page = supervisor.see()
    assert "<table" not in page
    [proposal] = re.findall(r"/console/users(/resets/rst_\w+)", page)
    assert chief.send(proposal)[0] == 409
    status, page = supervisor.send(proposal, username=username)
    _, link = shown(page)
    assert (status, "没有等您确认的重置" in supervisor.see()) == (200, True)
    secret = world.accept(link, world.number_of(subject), "seven quiet lanterns")
    world.clock.move(minutes=1)  # type: ignore[attr-defined]
    body = {"username": username, "password": "seven quiet lanterns", "totp": pyotp.TOTP(secret).at(world.second)}
    assert world.call("POST", "/api/v1/officer/sign-in", json=body).status_code == 200
    assert supervisor.send(proposal)[0] == 409


def test_an_account_is_linked_to_the_sign_in_service_and_unlinked_on_the_page(world: World) -> None:
    world.office(Role.REVIEWER, person=476)
    chief = Officer(world, world.office(Role.ADMINISTRATOR, person=477))
    assert "oidc-link" not in chief.see()
    world.app.extensions["suchang"] = replace(
        world.collaborators, settings=replace(world.collaborators.settings, oidc=PROVIDER)
    )
    try:
        listed = chief.see()
        other = next(one for one in re.findall(r"/console/users/(off_\w+)/oidc-link", listed))
        status, page = chief.send(f"/{other}/oidc-link", subject="u-4711")
        assert (status, 'value="u-4711"' in page) == (302, True)
        assert 'value="u-4711"' not in chief.send(f"/{other}/oidc-link", subject=" ")[1]
    finally:
        world.app.extensions["suchang"] = world.collaborators
