"""Decision tables: one a tier, its conditions down, its rules across, as an officer would print them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import ascii_lowercase

from suchang.domain.spreadsheets import plain_cell
from suchang.eligibility.explain.condition_text import Phrases
from suchang.eligibility.explain.rule_text import outline
from suchang.eligibility.in_force.rules_in_force import RulesInForce, rules_in_force
from suchang.eligibility.pack.condition_ast import AtLeast, Node, Not
from suchang.eligibility.pack.model import Pack, RuleKind, RuleVersion, Status


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: a header and rows of texts."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """The tables of a pack on a day."""

    title: str
    note: str
    sheets: tuple[Sheet, ...]


def decision_table(pack: Pack, on: date, lang: str) -> DecisionTable:
    """Make the tables of the rules in force on a day."""
    edition, say = rules_in_force(pack, on), Phrases(pack, lang, on)
    sheets = [_tier(edition, place, say) for place, tier in enumerate(edition.tiers) if tier.rules]
    gates = [each.version for each in edition.rules if each.version.kind is not RuleKind.TIER]
    if gates:
        sheets.append(_gates(pack, gates, say))
    note = say.pick((f"{on} 施行的规则，版本 {pack.version}", f"rules in force on {on}, version {pack.version}"))
    return DecisionTable(pack.title.text(lang), note, tuple(sheets))


def _tier(edition: RulesInForce, place: int, say: Phrases) -> Sheet:
    """Put the conditions of a tier's rules down and the rules across: ● needed, ○ one way of several, ✕ must not be."""
    tier = edition.tiers[place]
    pack = edition.pack
    marks: dict[str, dict[str, str]] = {}
    for rule in tier.rules:
        letters = iter(ascii_lowercase * 8)
        for clause, mark in _clauses(rule.version.when, say, "●", letters):
            cells = marks.setdefault(clause, {})
            cells[rule.id] = mark if cells.get(rule.id, mark) == mark else f"{cells[rule.id]} {mark}"
    header = (say.pick(("条件", "condition")), *(rule.id for rule in tier.rules))
    rows = [(say.pick(("名称", "name")), *(rule.version.name.text(say.lang) for rule in tier.rules))]
    rows += [(clause, *(cells.get(rule.id, "") for rule in tier.rules)) for clause, cells in marks.items()]
    rows.append((say.pick(("出处", "source")), *(_source(rule.version, say) for rule in tier.rules)))
    rows.append((say.pick(("有效期", "valid for")), *(rule.version.valid_for or "" for rule in tier.rules)))
    name = next(each.name for each in pack.tiers if each.id == tier.id)
    return Sheet(f"{tier.id} {name.text(say.lang)}", header, tuple(rows))


def _clauses(node: Node, say: Phrases, mark: str, letters: Iterator[str]) -> list[tuple[str, str]]:
    """Flatten a condition to clauses; ways of the same choice share a letter."""
    match node:
        case AtLeast() if node.is_all:
            return [pair for child in node.children for pair in _clauses(child, say, mark, letters)]
        case AtLeast():
            need = "" if node.need == 1 else f"{node.need}/{len(node.children)}"
            letter = next(letters)
            return [(say.clause(child), f"○{need}{letter}") for child in node.children]
        case Not():
            return [(say.clause(node.child), "✕" if mark == "●" else "●")]
        case _:
            return [(say.clause(node), mark)]


def _source(version: RuleVersion, say: Phrases) -> str:
    assumed = say.pick(("（假设）", " (assumption)")) if version.status is Status.ASSUMPTION else ""
    return f"{version.source.document} {version.source.section}{assumed}"


def _gates(pack: Pack, versions: list[RuleVersion], say: Phrases) -> Sheet:
    kinds = {
        RuleKind.BASE: ("基本条件", "needed"),
        RuleKind.EXCLUSION: ("排除", "bars"),
        RuleKind.WAIVER: ("放宽", "waives"),
    }
    rows = []
    for each in versions:
        lines = "\n".join(outline(pack, each.when, say, "", set(pack.conditions)))
        instead = f" → {', '.join(each.waives)}" if each.waives else ""
        kind = say.pick(kinds[each.kind]) + instead
        rows.append((each.id, each.name.text(say.lang), kind, ", ".join(each.tiers), lines, _source(each, say)))
    header = say.pick(("规则|名称|作用|层次|条件|出处", "rule|name|kind|tiers|condition|source")).split("|")
    return Sheet(say.pick(("共同规则", "rules for several tiers")), tuple(header), tuple(rows))


def markdown(table: DecisionTable) -> str:
    """Write the tables as Markdown."""
    lines = [f"# {table.title}", "", table.note, "", _LEGEND, ""]
    for sheet in table.sheets:
        lines += [f"## {sheet.title}", "", _row(sheet.header), _row(tuple("---" for _ in sheet.header))]
        lines += [*(_row(row) for row in sheet.rows), ""]
    return "\n".join(lines)


_LEGEND = "● 必须 needed · ○ 择一 one way of several (letters tell choices apart) · ✕ 不得 must not be"


def _row(cells: tuple[str, ...]) -> str:
    escaped = (cell.replace("|", "\\|").replace("\n", "<br>") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def write_xlsx(table: DecisionTable, path: Path) -> None:
    """Write the tables as a workbook: a sheet a tier, wrapped texts, the first row and column fixed."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in table.sheets:
        page = book.create_sheet("".join(each for each in sheet.title if each not in "[]:*?/\\")[:31])
        page.append([table.title])
        page.append([table.note])
        page.append(list(sheet.header))
        for row in sheet.rows:
            page.append([plain_cell(cell) for cell in row])
        page.freeze_panes = "B4"
        page.column_dimensions["A"].width = 60
        for cells in page.iter_rows(min_row=1):
            for cell in cells:
                cell.alignment = Alignment(wrap_text=cell.row > 2, vertical="top")
                if cell.row <= 3:
                    cell.font = Font(bold=True)
    book.save(path)
