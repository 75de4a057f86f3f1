"""What partners are told is what the program says, and the program stays small enough to embed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from suchang.credentials import Reason, sentence
from suchang.credentials.wording import REASONS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "verifying.md").read_text(encoding="utf-8")


def test_page_for_partners_has_every_reason_with_its_sentence():
    rows = {line.split("|")[1].strip(" `"): line for line in PAGE.splitlines() if line.startswith("| `")}
    assert set(Reason) <= set(rows)
    assert set(REASONS) == set(Reason)
    for reason in Reason:
        assert sentence(reason).zh in rows[reason]


def test_verifier_brings_no_framework_when_it_is_embedded():
    heavy = {"flask", "sqlalchemy", "redis", "numpy", "PIL", "fpdf"}
    asked = f"import sys, suchang.credentials; print(*{heavy} & {{name.partition('.')[0] for name in sys.modules}})"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.split() == []
