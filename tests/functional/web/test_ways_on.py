"""No dead end: what an applicant finds after a refusal, in a supplement, before giving up; all on a fresh browser."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import brotli
import pytest
from flask.testing import FlaskClient

from suchang.domain.account.roles import Role
from tests.support.world import QUALIFIED, World


@pytest.fixture
def client(world: World) -> FlaskClient:
    return world.app.test_client()


def signed_in(client: FlaskClient, token: str) -> FlaskClient:
    client.set_cookie("sc_holder", token)
    return client


def post(client: FlaskClient, path: str, **fields: str) -> str:
    token = client.get("/csrf").json["token"]  # type: ignore[index]
    answer = client.post(path, data={"csrf_token": token, **fields}, follow_redirects=True)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def rejected(world: World) -> tuple[str, str]:
    reviewer = world.sign_in_officer(world.officer(Role.REVIEWER))
    person = world.person()
    application = world.apply(person, QUALIFIED)
    world.recommend(reviewer, application)
    no = {"outcome": "reject", "rule": "JS-C-07", "reason": "证书批次不在目录内"}
    approver = world.sign_in_officer(world.officer(Role.APPROVER))
    world.ok("POST", f"/api/v1/applications/{application}/decision", approver, json=no)
    return person, application


def test_refusal_tells_reason_rule_and_last_day_of_appeal_when_opened(world: World, client: FlaskClient) -> None:
    person, application = rejected(world)
    page = signed_in(client, person).get("/apply").get_data(as_text=True)
    assert "证书批次不在目录内" in page
    assert "不符合：" in page
    year, month, day = world.ok("GET", f"/api/v1/me/applications/{application}", person)["due_on"].split("-")
    assert f"在 {year}年{int(month)}月{int(day)}日（含）之前申诉" in page
    english = client.get("/apply?lang=en").get_data(as_text=True)
    assert "Appeal once, until" in english
    assert "Apply again" in english


def test_person_applies_again_when_refused(world: World, client: FlaskClient) -> None:
    person, application = rejected(world)
    assert "您是哪一类人才" in post(signed_in(client, person), "/apply/anew")
    client.get("/apply?who=technician&place=employed")
    post(client, "/apply/start", city="320100")
    mine = world.ok("GET", "/api/v1/me/applications", person)["items"]
    assert sorted(one["state"] for one in mine) == ["draft", "rejected"]
    assert application in {one["id"] for one in mine}


def test_supplement_shows_what_and_by_when_when_the_browser_is_fresh(world: World, client: FlaskClient) -> None:
    reviewer = world.sign_in_officer(world.officer(Role.REVIEWER))
    person = world.person()
    application = world.apply(person, QUALIFIED)
    world.ok("POST", f"/api/v1/applications/{application}/claim", reviewer, json={})
    wanted = {"documents": ["劳动合同第 2 页"], "reason": "看不清"}
    world.ok("POST", f"/api/v1/applications/{application}/request-supplement", reviewer, json=wanted)
    page = signed_in(client, person).get("/apply").get_data(as_text=True)
    assert "劳动合同第 2 页" in page
    assert "之前交回" in page
    assert "补正" in client.get("/me").get_data(as_text=True)


def test_withdrawing_asks_first_and_says_what_happened_when_done(world: World, client: FlaskClient) -> None:
    person = world.person()
    path = f"/api/v1/me/applications/{world.apply(person, QUALIFIED)}"
    assert "要撤回申请吗" in post(signed_in(client, person), "/apply/withdraw")
    assert world.ok("GET", path, person)["state"] == "submitted"
    assert "已经撤回" in post(client, "/apply/withdraw", sure="yes")
    assert world.ok("GET", path, person)["state"] == "withdrawn"


def test_deleting_a_piece_asks_first_when_it_is_tapped(world: World, client: FlaskClient) -> None:
    person = world.person()
    body = {"city": "320500", "facts": QUALIFIED}
    path = "/api/v1/me/applications/" + world.ok("POST", "/api/v1/me/applications", person, json=body)["id"]
    piece = world.ok("GET", path, person)["evidence"][0]["id"]
    assert "要删除这份材料吗" in post(signed_in(client, person), f"/apply/evidence/{piece}/remove")
    assert world.ok("GET", path, person)["evidence"]
    post(client, f"/apply/evidence/{piece}/remove", sure="yes")
    assert not world.ok("GET", path, person)["evidence"]


def test_credit_code_is_taken_when_typed_full_width_and_small(world: World, client: FlaskClient) -> None:
    uscc = world.employer_of(world.person("周经理"))
    person = world.person()
    signed_in(client, person).get("/apply?who=technician&place=employed")
    wide = "".join(chr(ord(one) + 0xFEE0) for one in uscc.lower())
    post(client, "/apply/start", city="320500", employer=f" {wide} ")
    mine = world.ok("GET", "/api/v1/me/applications", person)["items"]
    assert mine[0]["employer"]["uscc"] == uscc


def test_another_code_can_be_asked_for_when_the_code_was_wrong(client: FlaskClient) -> None:
    post(client, "/me/sign-in", phone="13900000999")
    page = post(client, "/me/sign-in", phone="13900000999", code="000000")
    assert "输入验证码" in page
    assert "重新获取验证码" in page.partition("验证码不对")[2].partition("<form")[2]


@pytest.mark.parametrize(("encoding", "read"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_page_is_compressed_when_the_browser_takes_it(
    client: FlaskClient, encoding: str, read: Callable[[bytes], bytes]
) -> None:
    plain = client.get("/policies")
    packed = client.get("/policies", headers={"Accept-Encoding": encoding})
    assert packed.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "苏畅卡" in read(packed.get_data()).decode()
    assert len(packed.get_data()) < len(plain.get_data()) / 2
    assert '<meta name="description"' in plain.get_data(as_text=True)
