"""``suchang verify`` from its files, as a person types it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import qrcode
from PIL import Image

from suchang.cli.main import main
from suchang.credentials.issue.signed_credentials import issue
from suchang.credentials.status_list.token_status_list import pack, publish
from suchang.credentials.token.claims import StatusRef, print_claims
from suchang.credentials.verify.key_ring import KeyRing
from suchang.credentials.verify.verdict import moment
from suchang.domain.clock import rfc3339
from tests.unit.credentials.support import (
    ISS,
    ISSUER,
    NOW,
    URI,
    base_claims,
    device_token,
    print_token,
    ring_of,
    text_of,
)

AT = rfc3339(moment(NOW))


@pytest.fixture
def files(tmp_path):
    ring = KeyRing(ring_of().keys, domains={"medical": 2, "finance": 7})
    (tmp_path / "jwks.json").write_text(json.dumps(ring.jwks(ISS, NOW)), encoding="utf-8")
    (tmp_path / "list.jwt").write_bytes(publish(pack([(9, 1)]), URI, ISSUER, NOW) + b"\n")
    return tmp_path


@pytest.fixture
def run(files, capsys):
    def run(*arguments: str) -> tuple[int, str, str]:
        common = ["--jwks", str(files / "jwks.json"), "--status", str(files / "list.jwt"), "--at", AT]
        with pytest.raises(SystemExit) as ended:
            main(["verify", *common, *arguments])
        told = capsys.readouterr()
        return ended.value.code, told.out, told.err

    return run


def test_verdict_and_every_check_are_told_when_a_text_is_verified(run):
    code, out, _ = run(text_of(device_token()), "--purpose", "medical")
    assert (code, out.splitlines()[0]) == (0, "accepted: 核验通过。 Accepted.")
    assert "tier B, name 张*" in out
    assert out.count("passed") == 9
    assert out.splitlines()[-1].split() == ["10", "replay", "not_asked"]


def test_verdict_is_json_when_json_is_asked_for(run):
    code, out, _ = run(text_of(print_token(idx=9)), "--format", "json")
    answer = json.loads(out)
    assert (code, answer["outcome"], answer["reason"], answer["card"]) == (1, "refused", "revoked", None)
    assert [check["result"] for check in answer["checks"]] == ["passed"] * 7 + ["failed"] + ["not_reached"] * 2


def test_picture_is_read_when_it_holds_one_code(run, files):
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=4)
    code.add_data(qrcode.util.QRData(text_of(device_token()), mode=qrcode.util.MODE_ALPHA_NUM))
    code.make_image().save(files / "card.png")
    assert run(str(files / "card.png"))[0] == 0


@pytest.mark.parametrize("content", ["blank", "text", "bomb"])
def test_one_sentence_is_told_when_a_picture_holds_no_code(run, files, content):
    path = files / "card.png"
    if content == "text":
        path.write_text("SC1:")
    else:
        Image.new("1", (20, 20) if content == "blank" else (20_000, 20_000)).save(path)
    code, out, err = run(str(path))
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert str(path) in err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["SC1:0", "--at", "yesterday"], 2, "no moment"),
        (["SC1:0", "--at", "2026-11-01T08:00:00"], 2, "time zone"),
        (["SC1:0", "--purpose", "catering"], 1, "medical, finance"),
    ],
)
def test_one_sentence_is_told_when_the_question_is_wrong(run, arguments, code, words):
    ended, _, err = run(*arguments)
    assert ended == code
    assert words in err
    assert "Traceback" not in err


def test_several_lists_are_taken_when_they_follow_one_another(run, files):
    other = publish(pack([]), f"{ISS}/status-lists/1", ISSUER, NOW)
    (files / "other.jwt").write_bytes(other)
    elsewhere = issue(print_claims(base_claims(), StatusRef(8, f"{ISS}/status-lists/1")), ISSUER)
    assert run(text_of(elsewhere))[0] == 1
    # The fixture ends with --status FILE --at TIME; files without an option belong to --status.
    assert run(text_of(elsewhere), str(files / "other.jwt"))[0] == 0


@pytest.mark.parametrize("content", [b"", b"{}", b'{"keys":[]}', b"\xff"])
def test_one_sentence_is_told_when_the_keys_are_none(run, files, content):
    (files / "jwks.json").write_bytes(content)
    code, _, err = run("SC1:0")
    assert code == 1
    assert err.count("\n") == 1


def test_status_is_unknown_and_the_list_is_named_when_a_list_is_broken(run, files):
    (files / "list.jwt").write_bytes(b"not a list")
    code, out, _ = run(text_of(print_token()))
    assert code == 1
    assert "status_unknown" in out
    assert "note: a status list was left out" in out


def test_text_is_read_from_standard_input_when_a_dash_is_given(files):
    arguments = ["--jwks", str(files / "jwks.json"), "--status", str(files / "list.jwt"), "--at", AT, "-"]
    done = subprocess.run(
        [sys.executable, "-m", "suchang", "verify", *arguments],
        input=text_of(print_token()) + "\r\n",
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
