"""Write near misses as Python statements: what a condition lacks, as one number.

A packed cost is ``cost << COST | count << COUNT | mask``: comparing two of them compares the costs, then the numbers of
atoms; the mask says which atoms, the earliest declared in the lowest bit. As long as no atom is reached twice, adding
packed costs adds all three, and equal costs and counts are decided by declared order, because an earlier branch has
lower bits. Where an atom is reached twice, the sum's cost is still right and ``exact.py`` finds the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from suchang.eligibility.in_force.rules_in_force import Group, Negated, Never, RulesInForce
from suchang.eligibility.pack.condition_ast import Items
from suchang.eligibility.single.expression_codegen import FALSE, Expressions
from suchang.eligibility.single.rule_shape import dearest, fact_of


@dataclass(frozen=True, slots=True)
class Packing:
    """Where cost, count and mask lie in a packed cost."""

    mask_bits: int
    count_bits: int
    cost_bits: int

    @classmethod
    def for_atoms(cls, edition: RulesInForce, reached: list[int], distinct: int) -> Packing:
        """Find widths in which the sum over all atoms that can be reached fits."""
        most = sum(dearest(edition, atom) for atom in reached) + 1
        return cls(distinct, len(reached).bit_length() + 1, most.bit_length() + 1)

    @property
    def count_shift(self) -> int:
        """How far the number of atoms is shifted."""
        return self.mask_bits

    @property
    def cost_shift(self) -> int:
        """How far the cost is shifted."""
        return self.mask_bits + self.count_bits

    @property
    def infinite(self) -> int:
        """A packed cost that no sum of finite ones reaches; sums with it stay above it."""
        return 1 << (self.cost_shift + self.cost_bits)

    def pack(self, cost: int, count: int, mask: int) -> int:
        """Pack a finite cost."""
        return cost << self.cost_shift | count << self.count_shift | mask


class CostWriter:
    """Statements that compute the packed cost of making a condition true or false."""

    def __init__(self, expressions: Expressions, packing: Packing, bits: dict[int, int], *, learn_only: bool) -> None:
        self.expressions, self.edition = expressions, expressions.edition
        self.packing, self.bits, self.learn_only = packing, bits, learn_only
        self.lines: list[str] = []
        self.temporaries = 0

    def temporary(self) -> str:
        """Return a fresh variable name."""
        self.temporaries += 1
        return f"c{self.temporaries}"

    def cost(self, number: int, wanted: bool, indent: str) -> str:
        """Write what is needed before and give the expression of a condition's packed cost."""
        condition = self.edition.conditions[number]
        match condition:
            case Negated():
                return self.cost(condition.child, not wanted, indent)
            case Never():
                return str(self.packing.infinite) if wanted else "0"
            case Group():
                need = condition.need if wanted else len(condition.children) - condition.need + 1
                return self._group(need, condition.children, wanted, indent)
            case _:
                return self.atom(number, wanted)

    def _group(self, need: int, children: tuple[int, ...], wanted: bool, indent: str) -> str:
        if len(children) == 1:
            return self.cost(children[0], wanted, indent)
        if need == len(children):
            return f"({' + '.join(self.cost(child, wanted, indent) for child in children)})"
        name = self.temporary()
        if need == 1:
            self.lines.append(f"{indent}{name} = {self.cost(children[0], wanted, indent)}")
            for child in children[1:]:
                self.lines.append(f"{indent}if {name}:")
                other = self.temporary()
                expression = self.cost(child, wanted, indent + " ")
                self.lines.append(f"{indent} {other} = {expression}")
                self.lines.append(f"{indent} if {other} < {name}: {name} = {other}")
            return name
        parts = ", ".join(self.cost(child, wanted, indent) for child in children)
        self.lines.append(f"{indent}{name} = sum(sorted(({parts}))[:{need}])")
        return name

    def atom(self, number: int, wanted: bool) -> str:
        """Return the expression of an atom's packed cost: nothing, one for learning it, its effort, or infinite."""
        condition, packing = self.edition.conditions[number], self.packing
        truth = self.expressions.truth(number)
        good, bad = (truth.true, truth.false) if wanted else (truth.false, truth.true)
        bit = 1 << self.bits[number]
        unknown, infinite = packing.pack(1, 1, bit), packing.infinite
        effort = self._effort(number)
        if isinstance(condition, Items) and wanted and condition.need > 1:
            slot = self.expressions.slots[condition.fact]
            unit, base = packing.pack(1, 0, 0), packing.pack(0, 1, bit)
            each = infinite if effort is None else effort * unit
            return f"lack{number}(f{slot}, f{slot + 1}, {unit}, {each}, {base})"
        if isinstance(condition, Items) and not wanted:
            effort = None
        dear = infinite if effort is None else packing.pack(effort, 1, bit)
        if good == FALSE:
            return f"({dear} if {bad} else {unknown})"
        if bad == FALSE:
            return f"(0 if {good} else {unknown})"
        return f"(0 if {good} else {dear} if {bad} else {unknown})"

    def _effort(self, number: int) -> int | None:
        fact = fact_of(self.edition, number)
        return fact.effort if fact.changeable and not self.learn_only else None


class ProofWriter:
    """Statements that gather the atoms that prove a condition: the first children in declared order that suffice."""

    def __init__(self, expressions: Expressions, bits: dict[int, int]) -> None:
        self.expressions, self.edition, self.bits = expressions, expressions.edition, bits
        self.lines: list[str] = []

    def write(self, number: int, wanted: bool, indent: str) -> None:
        """Write the statements for a condition that is known to be true (or false)."""
        condition = self.edition.conditions[number]
        match condition:
            case Negated():
                self.write(condition.child, not wanted, indent)
            case Never():
                self.lines.append(f"{indent}pass")
            case Group():
                need = condition.need if wanted else len(condition.children) - condition.need + 1
                self._group(need, condition.children, wanted, indent)
            case _:
                self.lines.append(f"{indent}m |= {1 << self.bits[number]}")

    def _group(self, need: int, children: tuple[int, ...], wanted: bool, indent: str) -> None:
        if need == len(children):
            for child in children:
                self.write(child, wanted, indent)
            return
        counter = f"n{len(self.lines)}"
        self.lines.append(f"{indent}{counter} = {need}")
        for child in children:
            truth = self.expressions.truth(child)
            self.lines.append(f"{indent}if {counter} and {truth.true if wanted else truth.false}:")
            self.lines.append(f"{indent} {counter} -= 1")
            self.write(child, wanted, indent + " ")
