"""A queue before the camera: every person one verdict, none on the wrong person, whatever else is in view."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, TimeoutError

from suchang.domain.account.roles import Role
from tests.browser import films
from tests.browser.conftest import Site, Visitor

pytestmark = pytest.mark.browser

LOG = """() => {
    globalThis.verdicts = [];
    const note = () => {
        const outcome = document.querySelector('#out').dataset.outcome;
        const checking = document.querySelector('.verdict--checking');
        if (outcome === 'waiting' || checking) return;
        const name = document.querySelector('.facts dd')?.textContent ?? outcome;
        verdicts.push({ name, at: performance.now() });
    };
    new MutationObserver(note).observe(document.getElementById('verdict'), { childList: true });
}"""
NAMES = ("王一", "李二", "赵三", "钱四", "孙五", "周六")


def people_with_prints(site: Site) -> dict[str, str]:
    """Give printed codes by what a desk says of them: six cards that are good, one that was revoked."""
    reviewer, approver = site.officer("film-reviewer", Role.REVIEWER), site.officer("film-approver", Role.APPROVER)
    codes = {}
    for name in (*NAMES, "吴七"):
        token = site.applicant(name, name, "chief_tech")
        site.approve(reviewer, approver, token, name)
        printed = site.world.ok("POST", "/api/v1/me/card/credentials", token, json={"assurance": "print"})
        codes["refused" if name == "吴七" else f"{name[0]}*"] = printed["presentation"]
        if name == "吴七":
            site.world.ok("POST", "/api/v1/me/card/report-lost", token, json={"reason": "遗失"})
    return codes


def watched(visitor: Visitor, browser: Browser, film: Path, state: object, seconds: float) -> list[dict[str, object]]:
    """Let a desk watch a film for a while; gives its verdicts."""
    with films.camera(browser, film) as started:
        context = started.new_context(
            base_url=visitor.site.origin, locale="zh-CN", permissions=["camera"], storage_state=state
        )
        desk: Page = context.new_page()
        desk.goto("/desk")
        desk.wait_for_selector("html[data-ready=desk]")
        desk.evaluate(LOG)
        try:
            desk.wait_for_selector("#cam[data-state=on]", timeout=8000)  # a camera that is allowed opens by itself
        except TimeoutError:
            desk.click("#cam-on")
        desk.wait_for_selector("#cam[data-state=on]")
        desk.wait_for_timeout(seconds * 1000)
        return list(desk.evaluate("() => verdicts"))


def play(visitor: Visitor, browser: Browser, folder: Path, people: dict[str, str], *, seed: int, length: int) -> int:
    """Film a queue, let a desk watch it, and compare; gives the number of verdicts."""
    dice = random.Random(seed)
    state = visitor.desk().context.storage_state()
    scenes = films.queue(people, length, dice)
    film = folder / f"queue-{seed}.y4m"
    films.write(scenes, film, dice)
    seconds = sum(scene.frames for scene in scenes) / films.RATE
    verdicts = watched(visitor, browser, film, state, seconds + 2)
    film.unlink()
    seen = [str(one["name"]) for one in verdicts]
    shown = [scene.who for scene in scenes if scene.who]
    assert films.lead_in(seen, shown), (seed, shown, seen)
    assert len(seen) >= length - 1, (seed, shown, seen)
    return len(seen)


def test_everybody_is_judged_once_when_a_queue_passes_the_camera(
    visitor: Visitor, browser: Browser, tmp_path: Path
) -> None:
    assert play(visitor, browser, tmp_path, people_with_prints(visitor.site), seed=5, length=18) >= 17


@pytest.mark.slow
def test_everybody_is_judged_once_when_two_thousand_pass_the_camera(
    visitor: Visitor, browser: Browser, tmp_path: Path
) -> None:
    people = people_with_prints(visitor.site)
    seen = sum(play(visitor, browser, tmp_path, people, seed=seed, length=50) for seed in range(100, 142))
    assert seen >= 2000
