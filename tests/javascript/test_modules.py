"""The small parts of the ES modules."""

from __future__ import annotations

import random
import re
import subprocess

import pytest
import qrcode
from qrcode.util import MODE_ALPHA_NUM, QRData

from suchang.web.npm_parts import node_binary
from tests.javascript.node import TESTS, run_node

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


SUITES = sorted(path.name for path in (TESTS / "javascript").glob("*.test.js"))


@pytest.mark.parametrize("suite", SUITES)
def test_modules_pass_their_own_tests_when_node_runs_them(suite):
    done = subprocess.run(
        [str(node_binary()), "--test", "--test-reporter=tap", str(TESTS / "javascript" / suite)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, "\n".join(line for line in done.stdout.splitlines() if not line.startswith("ok"))
    assert re.search(r"^# pass (\d+)$", done.stdout, re.M)[1] == str(done.stdout.count("# Subtest: ")) != "0"


def test_same_modules_are_drawn_when_a_library_draws_the_text():
    """Every version with every mask in turn, texts of even and odd length, against the ``qrcode`` package."""
    dice = random.Random(19)
    wanted, asked = [], []
    for version in range(1, 41):
        length = (1, 20, 97, 300)[version % 4] if version > 15 else 5 + 9 * version
        text = "".join(dice.choices(ALPHABET, k=length))
        code = qrcode.QRCode(version, qrcode.constants.ERROR_CORRECT_M, border=0, mask_pattern=version % 8)
        code.add_data(QRData(text.encode(), mode=MODE_ALPHA_NUM))
        code.make(fit=True)
        wanted.append("".join("01"[bool(module)] for row in code.get_matrix() for module in row))
        asked.append({"text": text, "version": version, "mask": version % 8})
    found = run_node("javascript/draw_qr.js", asked)
    assert [one["version"] for one in found] == list(range(1, 41))
    assert [one["dark"] for one in found] == wanted


@pytest.mark.parametrize("text", ["A" * 909, "SC1:" + "0" * 500])
def test_best_mask_is_chosen_when_none_is_given(text):
    """The one whose penalty is the least by the library's own count."""
    from qrcode.util import lost_point

    [best] = run_node("javascript/draw_qr.js", [{"text": text}])
    all_masks = run_node("javascript/draw_qr.js", [{"text": text, "mask": mask} for mask in range(8)])

    def rows(one):
        side = one["size"]
        return [[digit == "1" for digit in one["dark"][i * side : (i + 1) * side]] for i in range(side)]

    points = [lost_point(rows(one)) for one in all_masks]
    assert lost_point(rows(best)) == pytest.approx(min(points), rel=0.02)
