"""Write the functions that the engine runs: the tier alone, all rules, near misses of a tier, needs and proofs.

Each source is a function ``make`` of its constants that gives ``run``; ``programs.py`` compiles it once an edition and
binds it once a day.
"""

from __future__ import annotations

from dataclasses import dataclass

from suchang.eligibility.in_force.rules_in_force import Group, RulesInForce, TierInForce
from suchang.eligibility.pack.condition_ast import Items
from suchang.eligibility.single.expression_codegen import Constants, Expressions, Truth, combined
from suchang.eligibility.single.item_loop_codegen import item_names, item_truth, loop_source
from suchang.eligibility.single.near_miss_codegen import CostWriter, Packing, ProofWriter
from suchang.eligibility.single.rule_shape import RuleShape, atoms_below, gate_atoms, shape_of


@dataclass(frozen=True, slots=True)
class Unit:
    """The source of one function and the constants that it is made with."""

    source: str
    constants: Constants


class Writer:
    """Write the functions of one edition."""

    def __init__(self, edition: RulesInForce, slots: dict[str, int], width: int) -> None:
        self.edition, self.slots, self.width = edition, slots, width
        self.shapes = {
            (place, rule.index): shape_of(edition, tier, rule.condition)
            for place, tier in enumerate(edition.tiers)
            for rule in tier.rules
        }

    def _expressions(self) -> Expressions:
        return Expressions(self.edition, self.slots, Constants())

    def _unit(self, expressions: Expressions, arguments: str, body: list[str], extra: tuple[str, ...] = ()) -> Unit:
        unpack = ", ".join(f"f{slot}" for slot in range(self.width)) + ","
        # Loops may use constants of their own, so they are written before the constants are listed.
        loops = "".join(loop_source(expressions, number, items) for number, items in expressions.items.items())
        names = ", ".join((*expressions.constants.resolvers, *extra))
        lines = "\n".join(body)
        source = f"def make({names}):\n{loops}\n def run({arguments}):\n  {unpack} = r\n{lines}\n return run\n"
        return Unit(source, expressions.constants)

    def gate(self, expressions: Expressions, tier: TierInForce) -> Truth | None:
        """Return the expressions of a tier's gate; None when nothing bars or is required."""
        parts = [expressions.truth(rule.condition).swapped() for rule in tier.exclusions]
        for base in tier.bases:
            ways = [expressions.truth(base.condition)]
            ways += [expressions.truth(waiver.condition) for waiver in tier.waivers if base.id in waiver.version.waives]
            parts.append(combined(1, ways))
        return combined(len(parts), parts) if parts else None

    def tier_only(self) -> Unit:
        """Write ``run(r)``: the place of the best tier that is given, or -1."""
        expressions = self._expressions()
        body = []
        for place, tier in enumerate(self.edition.tiers):
            if not tier.rules:
                continue
            gate, indent = self.gate(expressions, tier), "  "
            if gate:
                body.append(f"  if {gate.true}:")
                indent = "   "
            for rule in tier.rules:
                body.append(f"{indent}if {expressions.truth(rule.condition).true}: return {place}")
        return self._unit(expressions, "r", [*body, "  return -1"])

    def grants(self) -> Unit:
        """Write ``run(r)``: bit sets over the tier rules, best tier first (granted, possible), and of open gates."""
        expressions = self._expressions()
        body, bit = ["  t = p = g = 0"], 0
        names: dict[Truth, str] = {}
        for place, tier in enumerate(self.edition.tiers):
            gate, indent = self.gate(expressions, tier), "  "
            if gate and gate not in names:
                names[gate] = str(len(names))
                body.append(f"  p{names[gate]} = not {gate.false}")
                body.append(f"  g{names[gate]} = p{names[gate]} and {gate.true}")
            opened = f"g{names[gate]} and " if gate else ""
            body.append(f"  if g{names[gate]}: g |= {1 << place}" if gate else f"  g |= {1 << place}")
            if gate and tier.rules:
                body.append(f"  if p{names[gate]}:")
                indent = "   "
            for rule in tier.rules:
                truth = expressions.truth(rule.condition)
                body += [f"{indent}if not {truth.false}:", f"{indent} p |= {1 << bit}"]
                body.append(f"{indent} if {opened}{truth.true}: t |= {1 << bit}")
                bit += 1
        return self._unit(expressions, "r", [*body, "  return t, p, g"])

    def statuses(self) -> Unit:
        """Write ``run(r)``: two bit sets over all rules in force: true, false."""
        expressions = self._expressions()
        body = ["  t = f = 0"]
        for rule in self.edition.rules:
            truth = expressions.truth(rule.condition)
            body.append(f"  if {truth.true}: t |= {1 << rule.index}")
            body.append(f"  elif {truth.false}: f |= {1 << rule.index}")
        return self._unit(expressions, "r", [*body, "  return t, f"])

    def value(self, number: int) -> Unit:
        """Write ``run(r)``: True, False or None for one condition."""
        expressions = self._expressions()
        truth = expressions.truth(number)
        return self._unit(expressions, "r", [f"  return True if {truth.true} else False if {truth.false} else None"])

    def lacking(self, number: int) -> Unit:
        """Write ``run(r, effort)``: the cost (an int, with efforts of ``effort``) of making a count of items true."""
        expressions = self._expressions()
        expressions.truth(number)
        fact = next(iter(expressions.items.values())).fact
        slot = self.slots[fact]
        call = f"lack{number}(f{slot}, f{slot + 1}, 1, effort, 0)"
        return self._unit(expressions, "r, effort", [f"  return {call}"])

    def which(self, number: int) -> Unit:
        """Write ``run(r)``: the places of the items for which the test of a list holds."""
        expressions = self._expressions()
        items = self.edition.conditions[number]
        if not isinstance(items, Items):
            raise TypeError(items)
        truth, names = item_truth(expressions, items), item_names(expressions, items)
        places = f"[place for place, {names} in enumerate(f{self.slots[items.fact]}) if {truth.true}]"
        return self._unit(expressions, "r", [f"  return {places}"])

    def packing(self, place: int) -> Packing:
        """Return the packing of the near misses of a tier."""
        tier = self.edition.tiers[place]
        gate = [atom for atom, _ in gate_atoms(self.edition, tier)]
        below = {rule.index: [atom for atom, _ in atoms_below(self.edition, rule.condition)] for rule in tier.rules}
        reached = max(below.values(), key=len, default=[])
        costly = max(below.values(), key=lambda atoms: Packing.for_atoms(self.edition, atoms, 0).cost_bits, default=[])
        widest = max((len(self.shapes[place, index].own) for index in below), default=0)
        return Packing.for_atoms(self.edition, [*gate, *reached, *costly], widest)

    def misses(self, place: int) -> Unit:
        """Write ``run(r, g)``: the rule of the least packed cost of a tier and that cost; g is the gate's packed cost.

        Gives (-1, infinite) when none is finite. For a rule of which an atom is reached twice only the cost is right:
        the constant ``exact`` then gives the packed cost.
        """
        expressions, infinite = self._expressions(), self.packing(place).infinite
        body = [*self._misses(expressions, place, "g"), f"  return (won, packed) if won >= 0 else (-1, {infinite})"]
        return self._unit(expressions, "r, g", body, ("exact",))

    def open_misses(self) -> Unit:
        """Write ``run(r, upto)``: what ``misses`` gives for each of the first ``upto`` tiers, all gates open."""
        expressions, body = self._expressions(), ["  found = []"]
        for place in range(len(self.edition.tiers)):
            body += [f"  if upto == {place}: return found", *self._misses(expressions, place, "0")]
            body.append("  found.append((won, packed))")
        return self._unit(expressions, "r, upto", [*body, "  return found"], ("exact",))

    def _misses(self, expressions: Expressions, place: int, gate: str) -> list[str]:
        """Write the statements that find the nearest rule of a tier: ``won`` (-1: none) and ``packed``."""
        packing = self.packing(place)
        floor, low = -1 << packing.mask_bits, (1 << packing.cost_shift) - 1
        body = [f"  best = packed = {packing.infinite}", "  won = -1"]
        for rule in self.edition.tiers[place].rules:
            shape = self.shapes[place, rule.index]
            writer = CostWriter(expressions, packing, _bits(shape), learn_only=False)
            condition = self.edition.conditions[rule.condition]
            steps = [rule.condition]
            if isinstance(condition, Group) and condition.need == len(condition.children):
                steps = list(condition.children)
            stop = "   if c >= best: break" if shape.simple else f"   if c > best | {low}: break"
            body.append("  while 1:")
            so_far = "" if gate == "0" else f"{gate} + "
            for step in steps:
                expression = writer.cost(step, True, "   ")
                body += [*writer.lines, f"   c = {so_far}{expression}", stop]
                writer.lines.clear()
                so_far = "c + "
            if not shape.simple:
                body += [f"   c = exact({place}, {rule.index}, r)", "   if c >= best: break"]
            body += [f"   best = c & {floor}", "   packed = c", f"   won = {rule.index}", "   break"]
        return body

    def needs(self, place: int, index: int) -> Unit:
        """Write ``run(r)``: the packed cost of making a simple rule true by learning facts alone, gate apart."""
        expressions, packing = self._expressions(), self.packing(place)
        writer = CostWriter(expressions, packing, _bits(self.shapes[place, index]), learn_only=True)
        expression = writer.cost(self.edition.rules[index].condition, True, "  ")
        return self._unit(expressions, "r", [*writer.lines, f"  return {expression}"])

    def proof(self, number: int, wanted: bool, bits: dict[int, int]) -> Unit:
        """Write ``run(r)``: the mask of the atoms that prove a condition to be true (or false), given that it is."""
        writer = ProofWriter(self._expressions(), bits)
        writer.write(number, wanted, "  ")
        return self._unit(writer.expressions, "r", ["  m = 0", *writer.lines, "  return m"])


def _bits(shape: RuleShape) -> dict[int, int]:
    return {atom: bit for bit, atom in enumerate(shape.own)}
