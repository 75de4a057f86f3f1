"""Measure the pages in Chromium: the holder's card on a slow phone, the desk's camera (extra ``bench``).

``python -m benchmarks.pages [ROUNDS]`` prints tables and writes ``benchmarks/results/pages.json``. The site and the
people are those of the browser tests.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

RESULTS = Path(__file__).parent / "results" / "pages.json"
MEASURED = Path(__file__).parents[1] / "tests" / "browser" / "measured.py"

if __name__ == "__main__":
    RESULTS.unlink(missing_ok=True)
    os.environ |= {"SUCHANG_RESULTS": str(RESULTS), "SUCHANG_REQUIRE_BROWSER": "1"}
    os.environ["SUCHANG_ROUNDS"] = sys.argv[1] if len(sys.argv) > 1 else "9"
    sys.exit(pytest.main([str(MEASURED), "-q", "-s"]))
