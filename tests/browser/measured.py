"""Measure the pages as a slow phone and a busy desk feel them (``python -m benchmarks.pages``).

It is a pytest module because it needs the same running site; its name keeps it out of the suite, and it asserts nothing
about time. Each round begins with a blank page: what this machine takes, in that moment, for nothing at all.
"""

from __future__ import annotations

import json
import os
import statistics
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import Visitor
from tests.browser.test_camera import HEIGHT, WIDTH, filming, frame_of

pytestmark = pytest.mark.browser

SLOWDOWN = 6
ROUNDS = int(os.environ.get("SUCHANG_ROUNDS", "9"))

# Keeps, in milliseconds since the navigation began, when the code had been painted: the end of the frame that shows it.
CODE = """
globalThis.codePainted = new Promise((resolve) => {
    const watch = new MutationObserver(() => {
        const place = document.querySelector('[data-when=code]');
        if (!place?.querySelector('svg') || place.hidden) return;
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    });
    watch.observe(document, { attributes: true, childList: true, subtree: true });
});
"""

# The film has a white corner while it shows the code; keeps when that corner was first seen, and the verdict after it.
VERDICT = """
globalThis.verdictAfter = new Promise((resolve) => {
    let shownAt = 0;
    addEventListener('DOMContentLoaded', () => {
        const video = document.getElementById('video');
        if (!video) return;
        const canvas = new OffscreenCanvas(8, 8);
        const context = canvas.getContext('2d', { willReadFrequently: true });
        const look = (now) => {
            context.drawImage(video, 0, 0, 8, 8, 0, 0, 8, 8);
            if (context.getImageData(2, 2, 1, 1).data[0] > 200) shownAt = performance.now();
            else video.requestVideoFrameCallback(look);
        };
        video.requestVideoFrameCallback(look);
    });
    new PerformanceObserver((list) => {
        for (const one of list.getEntries()) {
            if (!/^verdict-(accepted|refused)$/.test(one.name)) continue;
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - shownAt)));
        }
    }).observe({ type: 'mark' });
});
"""

PAINTED = """() => new Promise((resolve) => {
    const found = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
    if (found()) resolve(found());
    else new PerformanceObserver(() => found() && resolve(found())).observe({ type: 'paint' });
})"""


def load(context: BrowserContext, path: str, *, cold: bool = False) -> dict[str, float]:
    """Open a page in a fresh tab on a slowed processor; milliseconds until it was painted and its code was.

    ``cold`` leaves out the service worker and the browser's cache.
    """
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    if cold:
        session.send("Network.enable")
        session.send("Network.setBypassServiceWorker", {"bypass": True})
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(path, wait_until="load")
    found = {"painted": float(page.evaluate(PAINTED))}
    if path == "/me":
        found["code"] = float(page.evaluate("() => globalThis.codePainted"))
    page.close()
    return found


def work(context: BrowserContext) -> float:
    """Open the card on the processor as it is; milliseconds of processor time that its thread took until the code.

    Other programs make a page late; they don't make its thread work more.
    """
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto("/me", wait_until="commit")
    page.evaluate("() => globalThis.codePainted")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    page.close()
    return float(metrics["TaskDuration"]) * 1000


def tell(title: str, rounds: dict[str, list[float]]) -> None:
    """Print a table and keep the numbers where the benchmark asks for them."""
    print(f"\n{title}, {len(next(iter(rounds.values())))} rounds\n\n| | ms, median | lowest–highest |\n|---|---:|---:|")
    for name, values in rounds.items():
        print(f"| {name} | {statistics.median(values):.0f} | {min(values):.0f}–{max(values):.0f} |")
    if out := os.environ.get("SUCHANG_RESULTS"):
        path = Path(out)
        kept: dict[str, Any] = json.loads(path.read_text()) if path.is_file() else {}
        kept[title] = {
            name: {"median": round(statistics.median(values)), "rounds": [round(one) for one in values]}
            for name, values in rounds.items()
        }
        path.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n")


def test_card_and_code_are_measured_on_a_slow_phone(visitor: Visitor) -> None:
    holder = visitor.bound()
    holder.wait_for_timeout(1500)
    context = holder.context
    holder.goto("about:blank")
    context.add_init_script(CODE)
    rounds: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        rounds.setdefault(name, []).append(value)

    for _ in range(ROUNDS):
        note("a blank page painted", load(context, "/healthz")["painted"])
        again = load(context, "/me")
        note("the card painted, opened again", again["painted"])
        note("its code drawn, opened again", again["code"])
        first = load(context, "/me", cold=True)
        note("the card painted, nothing kept", first["painted"])
        note("its code drawn, nothing kept", first["code"])
        note(f"processor time until its code × {SLOWDOWN}", SLOWDOWN * work(context))
        context.set_offline(True)
        note("the code drawn without a network", load(context, "/me")["code"])
        context.set_offline(False)
    tell(f"Holder, processor slowed {SLOWDOWN} times", rounds)


def test_verdict_is_measured_when_a_code_comes_before_the_camera(
    visitor: Visitor, browser: Browser, tmp_path: Path
) -> None:
    code = Image.open(BytesIO(visitor.bound(device_scale_factor=2).locator("#code").screenshot()))
    empty, shown = Image.new("RGB", (WIDTH, HEIGHT), "#303030"), frame_of(code)
    shown.paste("#ffffff", (0, 0, 40, 40))
    state = visitor.desk().context.storage_state()
    taken: list[float] = []
    with filming(browser, tmp_path / "phone.y4m", [empty] * 40 + [shown] * 20) as camera:
        for _ in range(ROUNDS):
            context = camera.new_context(
                base_url=visitor.site.origin, locale="zh-CN", permissions=["camera"], storage_state=state
            )
            context.add_init_script(VERDICT)
            desk = context.new_page()
            desk.goto("/desk")
            taken.append(float(desk.evaluate("() => globalThis.verdictAfter")))
            context.close()
    tell("Desk, from a code before the camera to the verdict", {"verdict painted": taken})
