"""Small packs with a planted fault each, and the check that a witness says what ``rules decide`` says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from suchang.eligibility import Engine, Pack, load_pack
from suchang.eligibility.analysis import Finding

ON = date(2026, 11, 1)

HEAD = """\
id: planted
title: {zh: 试验, en: planted}
status: assumption
tiers:
  - {id: A, name: {zh: 甲, en: first}}
  - {id: B, name: {zh: 乙, en: second}}
tracks: [{id: t, name: {zh: 类, en: track}}]
documents: [{id: d, title: {zh: 文件, en: document}}]
"""

FACTS = """\
facts:
  birth_date: {type: date, label: {zh: 生日, en: born}, kind: identity, changeable: false}
  papers: {type: integer, label: {zh: 论文, en: papers}, kind: paper}
  degree:
    type: enum
    ordered: true
    label: {zh: 学位, en: degree}
    kind: degree
    values:
      - {code: bachelor, label: {zh: 学士, en: bachelor}}
      - {code: master, label: {zh: 硕士, en: master}}
      - {code: doctor, label: {zh: 博士, en: doctor}}
  awards:
    type: list of records
    label: {zh: 奖, en: awards}
    kind: award
    fields:
      code: {type: code, label: {zh: 奖项, en: code}}
      rank: {type: integer, label: {zh: 名次, en: rank}}
      date: {type: date, label: {zh: 日期, en: date}}
  hats: {type: list of codes, label: {zh: 帽子, en: hats}, kind: honour}
  works_here: {type: bool, label: {zh: 在此, en: works here}, kind: employment}
  output: {type: integer, label: {zh: 产出, en: output}, kind: contribution}
  income: {type: decimal, label: {zh: 收益, en: income}, kind: contribution}
  results:
    type: list of records
    label: {zh: 业绩, en: results}
    kind: contribution
    fields:
      code: {type: code, label: {zh: 类, en: code}}
      confirmed: {type: bool, label: {zh: 核实, en: confirmed}}
  review:
    type: enum
    ordered: true
    label: {zh: 评议, en: review}
    kind: assessment
    values:
      - {code: failed, label: {zh: 未过, en: failed}}
      - {code: passed, label: {zh: 通过, en: passed}}
  barred: {type: bool, label: {zh: 限制, en: barred}, kind: register, authority: register}
"""


def pack_of(folder: Path, rules: str, *, catalogues: Mapping[str, str] | None = None, head: str = "") -> Pack:
    """Write a pack with these rules below ``folder`` and load it."""
    (folder / "rules").mkdir(parents=True)
    (folder / "catalogues").mkdir()
    (folder / "pack.yaml").write_text(HEAD + dedent(head), encoding="utf-8")
    (folder / "facts.yaml").write_text(FACTS, encoding="utf-8")
    (folder / "rules" / "all.yaml").write_text("rules:\n" + indent(dedent(rules), "  "), encoding="utf-8")
    for name, lines in (catalogues or {}).items():
        text = "code,label_zh,label_en,from,to\n" + dedent(lines).lstrip("\n")
        (folder / "catalogues" / f"{name}.csv").write_text(text, encoding="utf-8")
    return load_pack(folder)


def rule(name: str, when: str, *, tier: str = "", kind: str = "tier", more: str = "") -> str:
    """Write one rule; ``tier`` is the letter in its id unless given."""
    head = f"- id: {name}\n  kind: {kind}\n  name: {{zh: 规则, en: rule}}\n  source: {{document: d, section: 一}}\n"
    if kind == "tier":
        head += f"  track: t\n  tiers: [{tier or name[0]}]\n"
    return f"{head}{indent(more, '  ')}{chr(10) if more else ''}  when: {when}\n"


def answer(pack: Pack, facts: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Determine somebody through the public engine; the keys that findings speak of."""
    engine = Engine(pack)
    found = engine.determine(engine.parse_facts(facts, ignore_unknown=True), on, all_rules=True)
    return found.to_json()


def reproduced(pack: Pack, finding: Finding) -> None:
    """Assert that the determination of the witness shows what the finding says."""
    assert finding.facts is not None, finding
    for on, shows in ((finding.on, finding.shows), (finding.also_on, finding.also_shows)):
        if on is None:
            continue
        given = answer(pack, finding.facts, on)
        assert shows
        for key, wanted in shows.items():
            if key == "status":
                assert {name: given["status"][name] for name in wanted} == wanted, (finding, given)
            elif key.endswith(" not"):
                assert given[key.removesuffix(" not")] != wanted, (finding, given)
            else:
                assert given[key] == wanted, (finding, given)
