"""Passkeys through the interface, with an authenticator that can do what a browser would never let it do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from suchang.workflows.account.passkeys import MAX_PASSKEYS
from tests.support.authenticator import PRESENT, VERIFIED, Authenticator, b64
from tests.support.world import World

ORIGIN = "http://localhost:8000"
MINE = "/api/v1/me/passkeys"
SIGN_IN = "/api/v1/sign-in/passkey"


def added(world: World, token: str, **odd: Any) -> Authenticator:
    """Add a passkey to the account of a token."""
    device = Authenticator(ORIGIN, **odd)
    made = device.create(world.ok("POST", f"{MINE}/options", token, json={}))
    world.ok("POST", MINE, token, json={"name": "我的手机", "credential": made})
    return device


def challenge(world: World) -> dict[str, Any]:
    return dict(world.ok("POST", f"{SIGN_IN}/options", json={}))


def attempt(world: World, answer: dict[str, Any]) -> tuple[int, str]:
    sent = world.call("POST", SIGN_IN, json={"credential": answer})
    return sent.status_code, sent.json.get("code", "")


def test_holder_is_signed_in_when_their_passkey_signs(world: World) -> None:
    token = world.person()
    device = added(world, token)
    options = challenge(world)
    assert (options["rpId"], options["userVerification"], options["allowCredentials"]) == ("localhost", "required", [])
    body = world.ok("POST", SIGN_IN, json={"credential": device.sign(options)})
    me = world.ok("GET", "/api/v1/me", token)
    assert world.ok("GET", "/api/v1/me", body["token"]) == me
    assert body["subject"] == me["id"]
    (shown,) = world.ok("GET", MINE, token)["items"]
    assert shown["name"] == "我的手机"
    assert shown["last_used_at"] is not None


def test_challenge_counts_once_when_an_answer_is_sent_again(world: World) -> None:
    device = added(world, world.person())
    options = challenge(world)
    assert attempt(world, device.sign(options))[0] == 200
    assert attempt(world, device.sign(options)) == (401, "challenge_over")


def test_challenge_is_used_up_when_the_first_answer_was_bad(world: World) -> None:
    device = added(world, world.person())
    options = challenge(world)
    device.origin = "https://evil.example"
    assert attempt(world, device.sign(options)) == (401, "unauthenticated")
    device.origin = ORIGIN
    assert attempt(world, device.sign(options)) == (401, "challenge_over")


def test_challenge_is_over_when_ten_minutes_have_passed(world: World) -> None:
    device = added(world, world.person())
    options = challenge(world)
    world.clock.move(minutes=10)
    assert attempt(world, device.sign(options)) == (401, "challenge_over")


def test_challenge_is_refused_when_we_never_gave_it_out(world: World) -> None:
    device = added(world, world.person())
    assert attempt(world, device.sign({"challenge": b64(bytes(64))})) == (401, "challenge_over")


def test_challenge_for_adding_signs_nobody_in(world: World) -> None:
    token = world.person()
    device = added(world, token)
    options = world.ok("POST", f"{MINE}/options", token, json={})
    assert attempt(world, device.sign(options)) == (401, "challenge_over")


def of_another_origin(device: Authenticator) -> None:
    device.origin = "http://localhost:8001"


def for_another_party(device: Authenticator) -> None:
    device.rp_id = "evil.example"


def without_verification(device: Authenticator) -> None:
    device.flags = PRESENT


def without_presence(device: Authenticator) -> None:
    device.flags = VERIFIED


def by_another_key(device: Authenticator) -> None:
    device.key = Authenticator(ORIGIN).key


def for_another_owner(device: Authenticator) -> None:
    device.owner = b64(b"per_somebody")


def unknown_to_us(device: Authenticator) -> None:
    device.credential_id = b"never registered"


@pytest.mark.parametrize(
    "odd",
    [of_another_origin, for_another_party, without_verification, without_presence, by_another_key, for_another_owner,
     unknown_to_us],
)  # fmt: skip
def test_sign_in_is_refused_when_something_is_odd(world: World, odd: Callable[[Authenticator], None]) -> None:
    device = added(world, world.person())
    kept = (device.origin, device.rp_id, device.flags, device.key, device.owner, device.credential_id)
    odd(device)
    assert attempt(world, device.sign(challenge(world))) == (401, "unauthenticated")
    device.origin, device.rp_id, device.flags, device.key, device.owner, device.credential_id = kept
    assert attempt(world, device.sign(challenge(world)))[0] == 200, "the honest key still works"


def test_passkey_is_taken_off_when_its_counter_does_not_grow(world: World) -> None:
    token = world.person()
    device = added(world, token)
    device.counter = 40
    assert attempt(world, device.sign(challenge(world)))[0] == 200
    device.counter = 40
    assert attempt(world, device.sign(challenge(world))) == (401, "unauthenticated")
    device.counter = 99
    assert attempt(world, device.sign(challenge(world))) == (401, "unauthenticated"), "both copies are out"
    assert world.ok("GET", MINE, token)["items"] == []


def test_passkey_stays_when_a_stranger_sends_a_low_counter(world: World) -> None:
    device = added(world, world.person())
    device.counter = 40
    assert attempt(world, device.sign(challenge(world)))[0] == 200
    stranger = Authenticator(ORIGIN, counter=3, owner=device.owner, credential_id=device.credential_id)
    assert attempt(world, stranger.sign(challenge(world))) == (401, "unauthenticated")
    assert attempt(world, device.sign(challenge(world)))[0] == 200


def test_passkey_works_when_its_authenticator_never_counts(world: World) -> None:
    device = added(world, world.person())
    for _ in range(2):
        device.counter = -1
        assert attempt(world, device.sign(challenge(world)))[0] == 200


def test_passkey_signs_nobody_in_when_it_was_removed(world: World) -> None:
    token = world.person()
    device = added(world, token)
    (row,) = world.ok("GET", MINE, token)["items"]
    assert world.call("DELETE", f"{MINE}/{row['id']}", world.person()).status_code == 404, "not by somebody else"
    assert world.call("DELETE", f"{MINE}/{row['id']}", token).status_code == 204
    assert attempt(world, device.sign(challenge(world))) == (401, "unauthenticated")
    again = world.call("DELETE", f"{MINE}/{row['id']}", token)
    assert again.status_code == 404
    made = device.create(world.ok("POST", f"{MINE}/options", token, json={}))
    answer = world.call("POST", MINE, token, json={"name": "x", "credential": made})
    assert (answer.status_code, answer.json["code"]) == (409, "passkey_known"), "a credential id is taken for ever"


@pytest.mark.parametrize("odd", [of_another_origin, for_another_party, without_verification])
def test_passkey_is_not_taken_when_something_is_odd(world: World, odd: Callable[[Authenticator], None]) -> None:
    token = world.person()
    device = Authenticator(ORIGIN)
    odd(device)
    made = device.create(world.ok("POST", f"{MINE}/options", token, json={}))
    answer = world.call("POST", MINE, token, json={"name": "x", "credential": made})
    assert (answer.status_code, answer.json["code"]) == (422, "bad_passkey")
    assert world.ok("GET", MINE, token)["items"] == []


def test_passkey_is_not_taken_when_its_challenge_was_somebody_elses(world: World) -> None:
    options = world.ok("POST", f"{MINE}/options", world.person(), json={})
    made = Authenticator(ORIGIN).create(options)
    answer = world.call("POST", MINE, world.person(), json={"name": "x", "credential": made})
    assert (answer.status_code, answer.json["code"]) == (401, "challenge_over")


def test_passkey_is_not_taken_when_the_sign_in_is_a_quarter_of_an_hour_old(world: World) -> None:
    token = world.person()
    made = Authenticator(ORIGIN).create(world.ok("POST", f"{MINE}/options", token, json={}))
    world.clock.move(minutes=15)
    for path, body in ((f"{MINE}/options", {}), (MINE, {"name": "x", "credential": made})):
        answer = world.call("POST", path, token, json=body)
        assert (answer.status_code, answer.json["code"]) == (403, "sign_in_again")


def test_passkey_is_not_taken_when_there_are_ten(world: World) -> None:
    token = world.person()
    for _ in range(MAX_PASSKEYS):
        added(world, token)
    made = Authenticator(ORIGIN).create(world.ok("POST", f"{MINE}/options", token, json={}))
    answer = world.call("POST", MINE, token, json={"name": "x", "credential": made})
    assert (answer.status_code, answer.json["code"]) == (409, "too_many_passkeys")


ODD_TEXTS = ["", "A", "AAAA", b64(b"null"), b64(b"[" * 3000), b64(b"\xff\xfe"), b64(b'{"challenge": 5}')]
ODD_TEXTS += [b64(b"\x9f" * 3000), b64(b"\xbf\xff"), b64(bytes(37)), b64(b"\xc0" * 200), b64(b"\x1b" + b"\xff" * 8)]


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle", "rawId"])
def test_sign_in_is_refused_in_words_when_a_part_is_rubbish(world: World, part: str) -> None:
    device = added(world, world.person())
    for text in ODD_TEXTS:
        answer = device.sign(challenge(world))
        (answer if part == "rawId" else answer["response"])[part] = text
        assert attempt(world, answer)[0] in {401, 422}, text[:40]


def test_passkey_is_refused_in_words_when_its_attestation_is_rubbish(world: World) -> None:
    token = world.person()
    for text in ODD_TEXTS:
        made = Authenticator(ORIGIN).create(world.ok("POST", f"{MINE}/options", token, json={}))
        made["response"]["attestationObject"] = text
        answer = world.call("POST", MINE, token, json={"name": "x", "credential": made})
        assert (answer.status_code, answer.json["code"]) == (422, "bad_passkey"), text[:40]
