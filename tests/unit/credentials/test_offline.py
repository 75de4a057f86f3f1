"""What an offline verifier learns, remembers and forgets."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from suchang.credentials.status_list.token_status_list import StatusListRefused, pack, publish
from suchang.credentials.verify.key_ring import KeyRing
from suchang.credentials.verify.offline_store import OfflineStore, StoreUnusable
from suchang.credentials.verify.offline_verifier import NoKeys, OfflineVerifier
from suchang.credentials.verify.reasons import Outcome, Reason
from suchang.domain.errors import Invalid
from tests.unit.credentials.support import (
    ISS,
    ISSUER,
    MEDICAL,
    NOW,
    URI,
    clock_at,
    device_token,
    key_of,
    online_token,
    print_token,
    ring_of,
    text_of,
)

ROOT = Path(__file__).parents[3]
LIST = publish(pack([]), URI, ISSUER, NOW)
REVOKING = publish(pack([(7, 1)]), URI, ISSUER, NOW + 1)


def desk(store=None, *, lists=(LIST,), now=NOW, ring=None):
    return OfflineVerifier(
        ring or KeyRing(ring_of().keys, as_of=NOW, domains={"medical": 2}), lists, clock_at(now), store
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "desk.sqlite"


def test_replay_is_refused_when_the_machine_was_switched_off_between(path):
    text = text_of(device_token())
    store = OfflineStore(path)
    assert desk(store).verify(text, "medical").accepted
    store.close()
    again = OfflineStore(path)
    assert desk(again).verify(text, "medical").reason is Reason.REPLAYED
    again.close()


def test_replay_is_refused_when_the_program_was_killed_as_it_answered(path):
    text = text_of(device_token())
    program = (
        "import os, signal, sys\n"
        "from suchang.credentials.verify.offline_store import OfflineStore\n"
        "from tests.unit.credentials.test_offline import desk\n"
        "assert desk(OfflineStore(sys.argv[1])).verify(sys.argv[2]).accepted\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(path), text], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    store = OfflineStore(path)
    assert desk(store).verify(text).reason is Reason.REPLAYED
    store.close()


def test_nothing_is_accepted_and_one_sentence_says_why_when_the_store_fails(path):
    path.write_bytes(b"this is no database, and long enough to be taken for one" * 20)
    with pytest.raises(StoreUnusable, match=r"desk\.sqlite can't be used: .*\.$"):
        OfflineStore(path)
    path.unlink()
    store = OfflineStore(path)
    working = desk(store)
    with closing(sqlite3.connect(path)) as other:
        other.execute("create trigger full before insert on seen begin select raise(abort, 'disk full'); end")
    with pytest.raises(StoreUnusable, match="disk full"):
        working.verify(text_of(device_token()))
    assert working.verify(text_of(device_token(dom=0)), MEDICAL).reason is Reason.NOT_ENTITLED
    store.close()


def test_replay_is_refused_when_two_desks_share_one_store(path):
    first, second = OfflineStore(path), OfflineStore(path)
    text = text_of(device_token())
    assert [desk(store).verify(text).accepted for store in (first, second)] == [True, False]
    first.close()
    second.close()


def test_older_list_is_refused_when_a_newer_one_was_seen_before_the_restart(path):
    store = OfflineStore(path)
    assert desk(store, lists=[REVOKING]).verify(text_of(device_token())).reason is Reason.REVOKED
    store.close()
    again = OfflineStore(path)
    restarted = desk(again, lists=[LIST])
    assert restarted.problems == ["A newer status list of this address was seen before this one."]
    assert restarted.verify(text_of(device_token())).reason is Reason.STATUS_UNKNOWN
    again.close()


def test_clock_is_unsure_when_it_is_set_back_behind_what_is_known(path):
    store = OfflineStore(path)
    desk(store)
    back = desk(store, lists=[], now=NOW - 7200)
    assert (back.clock_sure, back.verify(text_of(device_token())).reason) == (False, Reason.CLOCK_UNSURE)
    store.close()


def test_clock_is_unsure_when_it_was_off_at_the_last_contact_and_sure_again_when_it_is_set():
    verifier = desk()
    verifier.learn_time(NOW - 11)
    assert verifier.verify(text_of(device_token())).reason is Reason.CLOCK_UNSURE
    verifier.learn_time(NOW)
    assert verifier.verify(text_of(device_token())).accepted


def test_holders_clock_teaches_nothing_when_a_phone_is_ahead():
    verifier = desk()
    verifier.verify(text_of(device_token(at=NOW + 10)))
    verifier.verify(text_of(device_token(at=NOW + 9999)))
    assert verifier.store.marks()["high_water"] == NOW


def test_accepted_and_unknown_are_deferred_and_refused_are_not():
    verifier = desk()
    good, unknown, refused = text_of(device_token()), text_of(online_token()), text_of(device_token(dom=0))
    outcomes = [verifier.verify(text, "medical").outcome for text in (good, unknown, refused)]
    assert outcomes == [Outcome.ACCEPTED, Outcome.UNKNOWN, Outcome.REFUSED]
    deferred = verifier.deferred()
    assert [body["presentation"] for _, body in deferred] == [good, unknown]
    assert deferred[0][1] == {"presentation": good, "purpose": "medical", "presented_at": "2026-11-06T21:20:00Z"}
    verifier.store.settle(deferred[0][0])
    assert [body["presentation"] for _, body in verifier.deferred()] == [unknown]


def test_deferred_are_forgotten_when_the_issuer_would_no_longer_take_them(path):
    store = OfflineStore(path)
    desk(store).verify(text_of(print_token()), "medical")
    assert len(desk(store, now=NOW + 72 * 3600).deferred()) == 1
    assert desk(store, now=NOW + 72 * 3600 + 1).deferred() == []
    store.close()


def test_nothing_is_kept_when_the_verifier_only_looks():
    verifier, text = desk(), text_of(device_token())
    assert verifier.verify(text, "medical", remember=False).accepted
    assert verifier.deferred() == []
    assert verifier.verify(text, "medical").accepted


def test_due_names_what_is_old_when_a_network_is_back():
    assert (desk().due().ring, desk().due().lists) == (False, ())
    later = desk(now=NOW + 3600)
    assert (later.due().ring, later.due().lists) == (False, (URI,))
    assert desk(now=NOW + 86_401).due().ring


def test_revoked_key_is_gone_when_a_newer_ring_is_learnt_and_stays_gone_when_an_older_one_follows():
    verifier = desk()
    other = key_of(77, "k2")
    newer = KeyRing(ring_of(other).keys, issuers=[ISS], as_of=NOW + 60)
    verifier.learn_keys(newer)
    verifier.learn_keys(ring_of())
    assert verifier.verify(text_of(device_token()), MEDICAL).reason is Reason.UNKNOWN_KEY


def test_status_is_unknown_when_the_key_that_signed_the_list_was_revoked():
    """Whoever has a stolen key can sign a list on which nothing is revoked."""
    other = key_of(1_000_037, "k2")
    both = KeyRing([*ring_of().keys, *ring_of(other).keys], as_of=NOW)
    verifier = desk(ring=both, lists=[publish(pack([]), URI, other, NOW)])
    assert verifier.verify(text_of(device_token())).accepted
    verifier.learn_keys(KeyRing(ring_of().keys, as_of=NOW))
    assert verifier.verify(text_of(device_token())).reason is Reason.STATUS_UNKNOWN
    verifier.learn_list(LIST)
    assert verifier.verify(text_of(device_token())).accepted


@pytest.mark.parametrize("ring", [KeyRing([], as_of=NOW), KeyRing(ring_of().keys)])
def test_verifier_refuses_to_start_and_says_why_when_it_has_no_keys_or_keys_of_no_age(ring):
    with pytest.raises(NoKeys, match=r"jwks\.json|fetched_at"):
        desk(ring=ring)


def test_known_domains_are_named_when_a_purpose_is_unknown():
    with pytest.raises(Invalid, match="medical"):
        desk().verify("SC1:", "catering")


def test_list_is_refused_when_it_was_fetched_from_another_address():
    with pytest.raises(StatusListRefused):
        desk().learn_list(LIST, URI + "x")
