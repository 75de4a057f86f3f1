"""Status lists and the indices in them."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suchang.credentials import json_objects
from suchang.credentials.status_list.index_permutation import index_of, list_of, new_list_key, serial_of
from suchang.credentials.status_list.token_status_list import (
    StatusListRefused,
    decode_lst,
    encode_lst,
    etag,
    pack,
    publish,
    read_status_list,
    unpack,
)
from suchang.credentials.token.claims import LIST_SIZE
from suchang.credentials.token.encoding import b64url
from suchang.credentials.verify.status_source import Status
from tests.unit.credentials.support import ISSUER, NOW, URI, ring_of

DRAFT = json.loads((Path(__file__).parents[2] / "vectors" / "token-status-list.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", DRAFT["vectors"], ids=lambda vector: f"{vector['bits']}-bits")
def test_vectors_of_the_draft_pass_in_both_directions(vector):
    named = {int(idx): state for idx, state in vector["status"].items()}
    packed = pack(named.items(), bits=vector["bits"], size=vector["size"])
    assert decode_lst(vector["lst"], len(packed)) == packed
    assert unpack(packed, bits=vector["bits"]) == {idx: state for idx, state in named.items() if state}
    # Another zlib may write another stream; what it writes has to be read as the same list.
    assert decode_lst(encode_lst(packed), len(packed)) == packed


@given(st.dictionaries(st.integers(0, 255), st.integers(0, 3)))
def test_same_states_come_back_when_they_are_packed(states):
    packed = pack(states.items(), size=256)
    assert unpack(packed) == {idx: state for idx, state in states.items() if state}


def test_last_state_wins_when_an_index_is_named_twice():
    assert unpack(pack([(5, 1), (5, 2), (6, 3), (6, 0)], size=256)) == {5: 2}


def test_list_is_read_and_pyjwt_reads_it_when_it_is_published():
    token = publish(pack([(1, 1), (2, 2), (3, 3)]), URI, ISSUER, NOW)
    found = read_status_list(token, ring_of(), NOW, uri=URI)
    assert [found.state(idx) for idx in range(4)] == [Status.VALID, Status.INVALID, Status.SUSPENDED, None]
    assert (found.iat, found.exp, found.ttl, found.issuer) == (NOW, NOW + 86400, 3600, "https://card.suchang.example")
    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(token, ISSUER.private.public_key(), algorithms=["ES256"], options=options)
    assert (claims["sub"], claims["status_list"]["bits"]) == (URI, 2)
    assert jwt.get_unverified_header(token)["typ"] == "statuslist+jwt"
    assert etag(token) == etag(token) != etag(token + b"x")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda token: token + b"A" * (1 << 20), "too long"),
        (lambda token: token.rpartition(b".")[0] + b".AAAA", "64 bytes"),
        (lambda token: token.replace(b".", b"", 1), "not a status list"),
        (lambda token: b"\xff" + token, "not a status list"),
        (lambda token: token[:-3] + b"===", "not a status list"),
    ],
)
def test_list_is_refused_with_a_sentence_when_it_is_spoilt(spoil, words):
    token = publish(pack([]), URI, ISSUER, NOW)
    with pytest.raises(StatusListRefused, match=words):
        read_status_list(spoil(token), ring_of(), NOW)


def test_list_is_refused_when_its_address_is_none_and_it_names_no_issuer():
    head = b64url(json_objects.write({"alg": "ES256", "kid": "k1", "typ": "statuslist+jwt"}))
    body = b64url(json_objects.write({"sub": "https://[", "iat": NOW, "exp": NOW + 1, "ttl": 1}))
    signed = head + b"." + body
    with pytest.raises(StatusListRefused, match="No key"):
        read_status_list(signed + b"." + b64url(ISSUER.sign(signed)), ring_of(), NOW)


def test_indices_are_a_permutation_and_come_back_when_a_whole_list_is_drawn():
    key = b"0123456789abcdef"
    seen = bytearray(LIST_SIZE)
    for serial in range(LIST_SIZE):
        seen[index_of(serial, key)] = 1
    assert sum(seen) == LIST_SIZE
    for serial in range(0, LIST_SIZE, 997):
        assert serial_of(index_of(serial, key), key) == serial


def test_indices_are_those_of_today_when_the_code_changes():
    # Changing the permutation would hand out indices that are taken.
    key = bytes(range(16))
    assert [index_of(serial, key) for serial in (0, 1, 2, LIST_SIZE - 1)] == [674803, 307052, 1027801, 605566]
    assert [list_of(serial) for serial in (0, LIST_SIZE - 1, LIST_SIZE)] == [0, 0, 1]
    assert index_of(LIST_SIZE + 5, key) == index_of(5, key)


def test_neighbours_are_strangers_when_indices_are_drawn():
    key = new_list_key()
    steps = [index_of(n + 1, key) - index_of(n, key) for n in range(20_000)]
    assert Counter(steps).most_common(1)[0][1] <= 8
    bins = Counter(index_of(n, key) >> 12 for n in range(65_536))
    chi_squared = sum((count - 256) ** 2 / 256 for count in (bins[b] for b in range(256)))
    # 255 degrees of freedom: mean 255, deviation 22.6; seven deviations either way.
    assert abs(chi_squared - 255) < 7 * math.sqrt(2 * 255)


@pytest.mark.parametrize("key", [b"", b"short", bytes(17)])
def test_key_of_another_length_is_refused(key):
    with pytest.raises(ValueError, match="16 bytes"):
        index_of(1, key)
