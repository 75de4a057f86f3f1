"""The ten checks, online form: the status comes from elsewhere, the replay check is given."""

from __future__ import annotations

import pytest

from suchang.credentials.token.holder_proof import Challenge, partner_audience, prove
from suchang.credentials.verify.key_ring import KeyState
from suchang.credentials.verify.purpose import Purpose
from suchang.credentials.verify.reasons import Outcome, Reason, Step
from suchang.credentials.verify.status_source import Status
from suchang.domain.vocabulary import Assurance
from tests.unit.credentials.support import (
    MEDICAL,
    NOW,
    PHONE,
    device_token,
    online_token,
    print_token,
    remembering,
    ring_of,
    text_of,
    verifier,
)


@pytest.mark.parametrize(
    ("token", "assurance"),
    [(device_token(), Assurance.DEVICE), (print_token(), Assurance.PRINT), (online_token(), Assurance.ONLINE)],
)
def test_accepted_when_everything_holds(token, assurance):
    verdict = verifier().check(text_of(token), MEDICAL, replay=remembering())
    assert (verdict.outcome, verdict.reason, verdict.assurance) == (Outcome.ACCEPTED, None, assurance)
    assert int(verdict.as_of.timestamp()) == NOW


@pytest.mark.parametrize(
    ("age", "reason"),
    [
        (-11, Reason.NOT_YET_VALID),
        (-10, None),
        (0, None),
        (50, None),
        (51, Reason.STALE_PRESENTATION),
        (61, Reason.STALE_PRESENTATION),
    ],
)
def test_window_of_sixty_seconds_when_a_proof_ages(age, reason):
    assert verifier(now=NOW + age + 0.999).check(text_of(device_token()), MEDICAL).reason is reason


@pytest.mark.parametrize(
    ("age", "reason"),
    [(-11, Reason.NOT_YET_VALID), (-10, None), (0, None), (49, None), (50, Reason.STALE_PRESENTATION)],
)
def test_window_of_sixty_seconds_when_an_online_code_ages(age, reason):
    assert verifier(now=NOW + age).check(text_of(online_token()), MEDICAL).reason is reason


def test_replayed_when_one_proof_is_shown_twice():
    replay, text = remembering(), text_of(device_token())
    assert verifier().check(text, MEDICAL, replay=replay).accepted
    second = verifier().check(text, MEDICAL, replay=replay)
    assert (second.reason, second.step) == (Reason.REPLAYED, Step.REPLAY)


def test_nothing_is_burnt_when_the_answer_was_unknown_or_refused():
    replay, text = remembering(), text_of(device_token())
    assert verifier(None).check(text, MEDICAL, replay=replay).reason is Reason.STATUS_UNKNOWN
    assert verifier(Status.SUSPENDED).check(text, MEDICAL, replay=replay).reason is Reason.SUSPENDED
    assert verifier().check(text, MEDICAL, replay=replay).accepted


def test_refused_stays_refused_when_the_status_is_unknown():
    verdict = verifier(None).check(text_of(device_token(dom=0)), MEDICAL)
    assert (verdict.outcome, verdict.reason) == (Outcome.REFUSED, Reason.NOT_ENTITLED)


def test_time_is_doubted_and_the_rest_is_judged_when_the_clock_is_unsure():
    late = verifier(now=NOW + 61).check(text_of(device_token()), MEDICAL, clock_sure=False)
    assert (late.outcome, late.reason) == (Outcome.UNKNOWN, Reason.CLOCK_UNSURE)
    assert verifier().check(text_of(device_token()), MEDICAL, clock_sure=False).reason is Reason.CLOCK_UNSURE
    revoked = verifier(Status.INVALID, now=NOW + 61).check(text_of(device_token()), MEDICAL, clock_sure=False)
    assert revoked.reason is Reason.REVOKED


def test_challenge_is_answered_only_by_a_proof_made_for_it():
    challenge = Challenge(partner_audience("par_1"), "A" * 22, NOW)
    plain = device_token()
    answer = prove(plain, PHONE, NOW, audience=challenge.audience, nonce=challenge.nonce)
    other = prove(plain, PHONE, NOW, audience=partner_audience("par_2"), nonce=challenge.nonce)
    check = verifier().check
    assert check(text_of(answer), MEDICAL, challenge=challenge).accepted
    assert check(text_of(answer), MEDICAL).reason is Reason.HOLDER_PROOF_INVALID
    assert check(text_of(plain), MEDICAL, challenge=challenge).reason is Reason.HOLDER_PROOF_INVALID
    assert check(text_of(other), MEDICAL, challenge=challenge).reason is Reason.HOLDER_PROOF_INVALID
    assert check(text_of(print_token()), MEDICAL, challenge=challenge).reason is Reason.HOLDER_PROOF_MISSING
    old = Challenge(challenge.audience, challenge.nonce, NOW - 61)
    assert check(text_of(answer), MEDICAL, challenge=old).reason is Reason.STALE_PRESENTATION


def test_missing_proof_when_it_is_stripped_or_the_domain_demands_a_device():
    assert verifier().check(text_of(device_token().with_proof(None)), MEDICAL).reason is Reason.HOLDER_PROOF_MISSING
    strict = Purpose("finance", 7, accepts=frozenset({Assurance.DEVICE}))
    verdict = verifier().check(text_of(print_token()), strict)
    assert (verdict.reason, verdict.step) == (Reason.HOLDER_PROOF_MISSING, Step.PURPOSE)


def test_unknown_key_when_it_is_revoked_or_was_not_yet_or_no_longer_believed():
    text = text_of(device_token())
    for ring in (
        ring_of(state=KeyState.REVOKED),
        ring_of(active_until=NOW - 7200),
        ring_of(active_from=NOW + 3600),
    ):
        assert verifier(ring=ring).check(text, MEDICAL).reason is Reason.UNKNOWN_KEY
    assert verifier(ring=ring_of(state=KeyState.NEXT, active_from=NOW)).check(text, MEDICAL).accepted


def test_ten_checks_are_reported_when_a_verdict_is_asked_for_them():
    checks = verifier(Status.INVALID).check(text_of(device_token()), MEDICAL).checks()
    assert [step.number for step, _ in checks] == list(range(1, 11))
    assert [result.value for _, result in checks] == ["passed"] * 7 + ["failed"] + ["not_reached"] * 2
