"""The policy directory: searched by words of title and summary, in both languages."""

from __future__ import annotations

import pytest

from suchang.workflows.policy.directory import policies


@pytest.mark.parametrize("text", ["苏畅卡", "su chang CARD", "  苏畅卡 "])
def test_only_policies_that_hold_the_text_are_found_when_one_is_given(text: str) -> None:
    found = {one.id for one in policies(text=text)}
    assert "card" in found
    assert found < {one.id for one in policies()}


def test_none_is_found_when_no_policy_holds_the_text() -> None:
    assert policies(text="没有这样的政策") == ()
