"""A catalogue is refused with the line of every problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.base import CatalogueService
from services.catalogue import CatalogueInvalid, load_catalogue
from services.housing.service import Service as Housing
from suchang.domain.redemption import AgeLimit, Unit
from suchang.domain.vocabulary import Relation, Tier

GOOD = """\
domain: heritage
bit: 30
name: {zh: 遗产, en: Heritage}
description: {zh: 园林, en: Gardens}
groups:
  kind:
    name: {zh: 门票, en: Ticket}
    scope: person
    period: year
items:
  garden:
    name: {zh: 园林年票, en: Garden pass}
    description: {zh: 一年一张, en: One a year}
    unit: times
    period: year
    quota: {A: 2, B: unlimited}
    quota_of: each
    for: {holder: {}, child: {least: 6, under: 18}}
    assurance: [device]
    discloses: [tier]
    exclusive: kind
    offline: {max: 2}
    sources:
      item: {document: ten_actions, section: 十(三)}
      quota: {assumption: 两张}
      for: {assumption: 学龄}
      offline: {assumption: 两次}
  opera:
    name: {zh: 昆曲, en: Kunqu opera}
    description: {zh: 一年一次, en: Once a year}
    unit: CNY
    period: year
    quota:
      - {from: 2026-01-01, tiers: {A: '100.00'}}
      - {from: 2027-01-01, tiers: {A: '80.5'}}
    quota_of: holder
    for: {holder: {}}
    assurance: [device]
    discloses: [tier]
    exclusive: kind
    offline: never
    sources:
      item: {document: ten_actions, section: 十(三)}
      quota: {assumption: 一百元}
"""


def written(folder: Path, text: str) -> Path:
    """Put a catalogue where a domain would."""
    (folder / "heritage").mkdir(exist_ok=True)
    path = folder / "heritage" / "catalogue.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_catalogue_is_read_when_everything_is_in_order(tmp_path: Path) -> None:
    domain, _ = load_catalogue(written(tmp_path, GOOD))

    garden, opera = domain.items.values()
    assert (domain.slug, domain.bit) == ("heritage", 30)
    assert garden.code == "heritage.garden"
    assert garden.ages == {Relation.CHILD: AgeLimit(6, 18)}
    assert garden.for_holder
    assert garden.quotas[0].tiers == {Tier.A: 2, Tier.B: None}
    assert garden.offline_max == 2
    assert garden.group is not None
    assert garden.group.code == "heritage.kind"
    assert garden.sources["quota"].assumed
    assert not garden.sources["item"].assumed
    assert opera.unit is Unit.CNY
    assert [quota.tiers[Tier.A] for quota in opera.quotas] == [10_000, 8_050]
    assert opera.offline_max is None
    assert opera.reversal_window.days == 7


def test_the_version_changes_when_any_byte_of_the_catalogue_does(tmp_path: Path) -> None:
    first, _ = load_catalogue(written(tmp_path, GOOD))
    again, _ = load_catalogue(written(tmp_path, GOOD))
    other, _ = load_catalogue(written(tmp_path, GOOD + "# a remark\n"))

    assert first.version == again.version != other.version


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("bit: 30", "bit: 32", 2, "bit"),
        ("bit: 30", "bit: '3'", 2, "whole number"),
        ("bit: 30", "bit: 30\nbit: 31", 3, "given twice"),
        ("bit: 30", "bit: &b 30", 2, "anchors"),
        ("domain: heritage", "domain: garden", 1, "lies in the folder heritage"),
        ("domain: heritage\n", "", 1, "domain"),
        ("zh: 遗产, ", "", 3, "name.zh"),
        ("en: Heritage", "en: ' '", 3, "Blank"),
        ("scope: person", "scope: village", 8, "scope"),
        ("scope: person", "scope: child", 21, "for each child"),
        ("period: year\nitems", "period: school_stage\nitems", 21, "school stage"),
        ("  garden:", "  Garden:", 11, "Not a code"),
        ("    unit: times", "    unit: pieces", 14, "unit"),
        ("    unit: times", "    unit: times\n    colour: red", 15, "Unknown field"),
        ("{A: 2, B: unlimited}", "{A: 0}", 16, "quota"),
        ("{A: 2, B: unlimited}", "{A: '2'}", 16, "whole number"),
        ("{A: 2, B: unlimited}", "{F: 2}", 16, "from A to E"),
        ("{A: 2, B: unlimited}", "{}", 16, "from A to E"),
        ("{A: 2, B: unlimited}", "{A: true}", 16, "whole number"),
        ("unit: times\n    period: year", "unit: times\n    period: unlimited", 16, "only unlimited quotas"),
        ("quota_of: each", "quota_of: holder", 17, "holder alone"),
        ("quota_of: holder", "quota_of: shared", 36, "needs dependants"),
        ("{holder: {}, child: {least: 6, under: 18}}", "{}", 18, "at least one"),
        ("{holder: {}, child: {least: 6, under: 18}}", "{cousin: {}}", 18, "Unknown field"),
        ("least: 6, under: 18", "least: 18, under: 18", 18, "nobody"),
        ("least: 6", "least: six", 18, "whole number"),
        ("[device]", "[]", 19, "assurance"),
        ("[device]", "[fax]", 19, "assurance"),
        ("offline: {max: 2}", "offline: {max: 0}", 22, "offline"),
        ("offline: {max: 2}", "offline:", 22, "offline"),
        ("offline: {max: 2}", "offline: never", 23, "offline is no limit"),
        ("offline: never", "offline: {max: 1}", 41, "money is never"),
        ("      offline: {assumption: 两次}\n", "", 23, "offline needs a source"),
        ("      for: {assumption: 学龄}\n", "", 23, "for needs a source"),
        ("quota: {assumption: 两张}", "quota: {document: ten_actions}", 25, "document and section"),
        ("quota: {assumption: 两张}", "quota: {document: ten_actions, section: 一, assumption: 二}", 25, "alone"),
        ("quota: {assumption: 两张}", "quota: {document: hearsay, section: 一}", 25, "document"),
        ("exclusive: kind\n    offline: never", "offline: never", 6, "two items or more"),
        ("exclusive: kind\n    offline: never", "exclusive: other\n    offline: never", 40, "no group other"),
        ("'100.00'", "100.00", 33, "Not an amount"),
        ("2027-01-01", "2026-01-01", 33, "earliest to the latest"),
        ("from: 2026-01-01", "from: soon", 33, "from (a day)"),
        ("    offline: {max: 2}", "    partial: true\n    offline: {max: 2}", 22, "granted in part"),
        ("    offline: {max: 2}", "    partial: 'yes'\n    offline: {max: 2}", 22, "true or false"),
        ("    offline: {max: 2}", "    reserve: 3 days\n    offline: {max: 2}", 22, "Not a duration"),
        ("    offline: {max: 2}", "    reserve: P3D\n    offline: {max: 2}", 24, "reserve needs a source"),
        ("    offline: {max: 2}", "    opens: 2026\n    offline: {max: 2}", 22, "Not a day"),
        (
            "    offline: {max: 2}",
            "    opens: 2027-01-01\n    closes: 2027-01-01\n    offline: {max: 2}",
            23,
            "on or before",
        ),
        ("bit: 30", "bit: [30", 3, "not YAML"),
        ("bit: 30", "bit:\t30", 2, "not YAML"),
        ("bit: 30", "1: 30", 2, "is not text"),
        (GOOD, "", 1, "required"),
        (GOOD, "- 1\n- 2\n", 1, "required"),
        (GOOD, "bit: \x00", 1, "not YAML"),
    ],
)  # fmt: skip
def test_a_problem_names_its_line_when_a_catalogue_is_wrong(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))

    with pytest.raises(CatalogueInvalid) as caught:
        load_catalogue(path)

    found = [(problem.line, problem.message) for problem in caught.value.problems]
    assert any(at == line and words in message for at, message in found), found
    assert all(problem.file == str(path) for problem in caught.value.problems)


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CatalogueInvalid, match="can't be read"):
        load_catalogue(tmp_path / "catalogue.yaml")
    path = written(tmp_path, GOOD)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CatalogueInvalid, match="UTF-8"):
        load_catalogue(path)


def test_a_kind_has_to_be_one_of_the_domain_and_its_terms_have_to_fit(tmp_path: Path) -> None:
    unknown = GOOD.replace("  opera:\n", "  opera:\n    kind: acrobatics\n")
    with pytest.raises(CatalogueInvalid, match=r"catalogue.yaml:29: kind: acrobatics is none of plain"):
        CatalogueService(written(tmp_path, unknown))

    terms = GOOD.replace("  opera:\n", "  opera:\n    terms: {rows: 3}\n").replace(
        "{assumption: 一百元}", "{assumption: 一百元}\n      rows: {assumption: 前排}"
    )
    with pytest.raises(CatalogueInvalid, match=r"catalogue.yaml:29: items.opera.terms.rows: Unknown field"):
        CatalogueService(written(tmp_path, terms))
    with pytest.raises(CatalogueInvalid, match="plain"):
        Housing(written(tmp_path, GOOD))
