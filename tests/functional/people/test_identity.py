"""Who somebody says they are: one account for one number, one identity for one person, fixed once handed in."""

from __future__ import annotations

from tests.support.world import NANJING, QUALIFIED, World, identity_number


def signed_in(world: World, phone: str) -> str:
    code = world.ok("POST", "/api/v1/sign-in/codes", json={"phone": phone})["code"]
    return str(world.ok("POST", "/api/v1/sign-in", json={"phone": phone, "code": code})["token"])


def said(world: World, token: str, name: str, number: str) -> tuple[int, str]:
    body = {"name": name, "identity": {"type": "resident_id", "number": number}, "city": NANJING}
    answer = world.call("PUT", "/api/v1/me", token, json=body)
    return answer.status_code, answer.json.get("code", "")


def test_one_account_opens_when_the_number_is_spelled_otherwise(world: World) -> None:
    spellings = ("13712340001", "8613712340001", "008613712340001", "+86 137-1234-0001", "\u202d１３７１２３４０００１")
    people = {world.ok("GET", "/api/v1/me", signed_in(world, one))["id"] for one in spellings}
    assert len(people) == 1


def test_identity_is_taken_with_a_way_out_when_another_account_has_it(world: World) -> None:
    number = identity_number(8801)
    assert said(world, signed_in(world, "13712340002"), "陈思远", number)[0] == 200
    second = signed_in(world, "13712340003")
    for _ in range(2):
        assert said(world, second, "陈思远", number[:6] + "-" + number[6:]) == (409, "identity_taken")
    browser = world.app.test_client()
    browser.set_cookie("sc_holder", second)
    form = {"csrf_token": browser.get("/csrf").get_json()["token"], "name": "陈思远", "number": number}
    form |= {"document_type": "resident_id", "city": NANJING}
    for language, way in (("zh", "带证件到服务窗口找回"), ("en", "recovered at a service window")):
        page = browser.post(f"/apply/who?lang={language}", data=form).get_data(as_text=True)
        assert way in page


def test_name_is_fixed_when_an_application_was_handed_in(world: World) -> None:
    token, number = signed_in(world, "13712340004"), identity_number(8802)
    assert said(world, token, "陈思远", number)[0] == 200
    assert said(world, token, "陈思原", number)[0] == 200, "a slip can be mended before"
    world.apply(token, QUALIFIED)
    assert said(world, token, "陈思远", number) == (409, "identity_fixed")
    assert said(world, token, " 陈思原 ", number)[0] == 200, "the same name in another spelling"


def test_name_is_refused_when_nobody_is_called_so(world: World) -> None:
    assert said(world, signed_in(world, "13712340005"), "陈\u202e明", identity_number(8803)) == (422, "invalid_name")


def test_owner_signs_in_when_a_stranger_has_used_up_the_tries(world: World) -> None:
    phone = "13712340006"
    code = world.ok("POST", "/api/v1/sign-in/codes", json={"phone": phone})["code"]
    wrong = {"phone": phone, "code": "000000" if code != "000000" else "000001"}
    stranger = {"REMOTE_ADDR": "203.0.113.7"}
    tries = [world.call("POST", "/api/v1/sign-in", json=wrong, environ_base=stranger).status_code for _ in range(7)]
    assert (tries[0], tries[-1]) == (401, 429)
    assert world.call("POST", "/api/v1/sign-in", json={"phone": phone, "code": code}).status_code == 200
