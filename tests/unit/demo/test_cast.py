"""The people of the story: whatever is drawn for them is well-formed."""

from __future__ import annotations

from datetime import date

import pytest

from suchang.demo import cast
from suchang.domain.people.identity import DocumentType, read_identity


@pytest.mark.parametrize("highest", [False, True])
def test_number_is_good_when_the_extremes_are_drawn(monkeypatch: pytest.MonkeyPatch, highest: bool) -> None:
    monkeypatch.setattr(cast.secrets, "randbelow", lambda end: end - 1 if highest else 0)
    read_identity(DocumentType.RESIDENT_ID, cast.demo_number(), today=date(2026, 11, 22), demo=True)
