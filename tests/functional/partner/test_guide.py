"""The partner's guide tells what the application does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from suchang.client import PartnerApi
from suchang.domain.partner.webhooks import TRIES, signature, wait_after
from suchang.domain.redemption import RefusalReason
from tests.support.world import World

GUIDE = (Path(__file__).parents[3] / "docs" / "partners.md").read_text(encoding="utf-8")


def test_every_address_and_code_in_the_guide_is_real(world: World) -> None:
    rules = world.app.url_map.bind("localhost")
    addresses = set(re.findall(r"http://localhost:8000(/[^\s\"?]+)", GUIDE))
    assert len(addresses) >= 7
    for address in addresses:
        assert rules.match(address, method="GET" if "/settlements/" in address else "POST")
    codes = set(re.findall(r"\| 409 \| `(\w+)`", GUIDE))
    assert codes <= {reason.code for reason in RefusalReason}
    assert len(codes) == 5


def test_the_python_of_the_guide_runs(tmp_path: Path) -> None:
    (source,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    names: dict[str, object] = {"__name__": "guide"}
    exec(compile(source.replace('"desk.sqlite"', repr(str(tmp_path / "desk"))), "guide", "exec"), names)  # noqa: S102

    with PartnerApi("http://127.0.0.1:9", client_id="cli_x", secret="x", timeout=0.2) as api:
        assert names["check_up"](api, "SC1:TEST") == "granted, to be sent"  # type: ignore[operator]
        names["back_online"](api)  # type: ignore[operator]
    assert names["queue"].waiting() == 1  # type: ignore[attr-defined]


def test_the_check_of_a_signature_in_the_guide_fits_what_is_sent() -> None:
    (source,) = re.findall(r"```py\n(.*?)```", GUIDE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(source, "guide", "exec"), names)  # noqa: S102
    body = b'{"id":"whd_1"}'
    headers = {
        "Webhook-Id": "whd_1",
        "Webhook-Timestamp": "1000",
        "Webhook-Signature": signature(["new", "old"], "whd_1", 1000, body),
    }

    assert names["is_genuine"](headers, body, "old", 1200.0)
    assert names["is_genuine"](headers, body, "new", 1200.0)
    assert not names["is_genuine"](headers, body, "other", 1200.0)
    assert not names["is_genuine"](headers, body + b" ", "new", 1200.0)
    assert not names["is_genuine"]({**headers, "Webhook-Id": "whd_2"}, body, "new", 1200.0)
    assert not names["is_genuine"](headers, body, "new", 1301.0)
    waits = [wait_after(tries) for tries in range(1, TRIES + 1)]
    assert waits[-1] is None
    assert 23 < sum(wait.total_seconds() for wait in waits if wait is not None) / 3600 < 24
