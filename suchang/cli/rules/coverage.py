"""``suchang rules coverage``: what the examples of a pack cover, and what they leave."""

from __future__ import annotations

from pathlib import Path

import click

from suchang.eligibility import load_pack
from suchang.eligibility.authoring.coverage import coverage
from suchang.eligibility.authoring.examples import read_examples
from suchang.eligibility.explain.condition_text import Phrases

_SIDES = {
    (True, True): ("没有示例符合它", "no example meets it"),
    (True, False): ("没有示例不符合它", "no example misses it"),
    (False, True): ("没有示例满足条件", "no example meets the test"),
    (False, False): ("没有示例不满足条件", "no example fails the test"),
}
"""By whether it is the rule as a whole, and the side that is wanted: Chinese, English."""


@click.command("coverage", epilog="Example: suchang rules coverage eligibility_rules/jiangsu --threshold 95")
@click.argument("pack", type=click.Path(path_type=Path))
@click.option("--threshold", type=click.FloatRange(0, 100), default=0, help="Exit with 1 below so many per cent.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of the texts.")
def coverage_command(pack: Path, threshold: float, lang: str) -> int:
    """Say which rules no example meets or misses, and which of their tests no example makes true or false."""
    loaded = load_pack(pack)
    found = coverage(loaded, read_examples(loaded))
    say, which = Phrases(loaded, lang), int(lang == "en")
    for each in found.uncovered:
        what = _SIDES[each.test is None, each.wanted][which]
        told = f"{what}{': ' if which else '：'}{say.clause(each.test)}" if each.test else what
        click.echo(f"{pack}/{each.place}: {each.rule}: {told}")
    shares = (
        f"{found.rule_share:.1f} % ({found.rules[0]}/{found.rules[1]})",
        f"{found.test_share:.1f} % ({found.tests[0]}/{found.tests[1]})",
    )
    click.echo(("规则 {}，条件 {}", "rules {}, tests {}")[which].format(*shares))
    return 1 if min(found.rule_share, found.test_share) < threshold else 0
