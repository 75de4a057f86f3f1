"""Write a plan as LLVM IR: 64 people (or items) a turn, each condition two 64-bit words, everything in registers.

A comparison of 64 values gives ``<64 x i1>``, which is a word of a bitmap as it stands; LLVM makes of it what the
processor has, from SSE2 and NEON to AVX-512. What this module can't say (a code listed on its item's own date, a set
spread too wide) numpy computes before, and it comes in as two bitmaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from suchang.eligibility.batch.columnwise import operand, wanted_bool
from suchang.eligibility.batch.layout import TEXTS, Layout
from suchang.eligibility.batch.plan import Count, Look, Opposite, Plan, Several, Where, looks_of
from suchang.eligibility.concrete import Member
from suchang.eligibility.edition import Group, Negated, Never
from suchang.eligibility.model import Field, Type
from suchang.eligibility.tree import Between, Compare, IsTrue, Known, Order

_PREDICATE = {Order.LT: "slt", Order.LE: "sle", Order.GT: "sgt", Order.GE: "sge"}
_FEW, _NARROW, _TABLE = 3, 64, 1 << 16
NONE, ALL = "0", "-1"
Words = tuple[str, str]
"""Where something is definitely and where it is possibly true, as IR values of 64 bits."""


class Kind(StrEnum):
    """What an input is."""

    VALUES = "values"
    BITS = "bits"
    KNOWN = "known"
    LIST_KNOWN = "list known"
    COMPLETE = "complete"
    SURE = "sure"
    MAY = "may"
    TABLE = "table"


@dataclass(frozen=True)
class Input:
    """A buffer that a function reads; ``SURE`` and ``MAY`` of a step or test are computed before."""

    kind: Kind
    fact: str = ""
    field: str | None = None
    of: Look | Count | None = None


Shape = Mapping[tuple[str, str | None], str]
"""The columns that there are, with the LLVM type of their values (``i1`` for bitmaps, ``list`` for a list itself)."""


@dataclass
class Function:
    """One function: inputs in the order of its table of pointers, and the rows of its output, a pair a result."""

    name: str
    inputs: dict[Input, int] = field(default_factory=dict)
    tables: dict[Input, NDArray[np.uint64]] = field(default_factory=dict)
    results: dict[Where | int, int] = field(default_factory=dict)
    head: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)


class Writer:
    """Writes one function for people or for the items of one list."""

    def __init__(self, name: str, layout: Layout, plan: Plan, shape: Shape) -> None:
        self.layout, self.plan, self.shape = layout, plan, shape
        self.function = Function(name)
        self._made: dict[str, str] = {}

    # --- what the functions are

    def people(self, wanted: Iterable[int]) -> Function:
        """Write the steps of a plan, and put out the wanted ones."""
        done: list[Words] = []
        for step in self.plan.steps:
            match step:
                case Look():
                    done.append(self._look(step))
                case Count():
                    done.append(self._count(step))
                case Group():
                    done.append(self._several(step.need, [done[child] for child in step.children]))
                case Negated():
                    done.append(self._opposite(done[step.child]))
                case Never():
                    done.append((NONE, NONE))
        for number in wanted:
            self._put(number, done[number])
        return self.function

    def items(self, counts: Iterable[Count]) -> Function:
        """Write the conditions on the items of one list."""
        for count in counts:
            if count.where not in self.function.results:
                self._put(count.where, self._where(count.where))
        return self.function

    def _put(self, key: Where | int, words: Words) -> None:
        row = self.function.results.setdefault(key, 2 * len(self.function.results))
        for place, word in enumerate(words):
            at = self._new(f"mul i64 %stride, {row + place}")
            at = self._new(f"add i64 {at}, %i")
            at = self._new(f"getelementptr i64, ptr %out, i64 {at}")
            self.function.body.append(f"store i64 {word}, ptr {at}, align 8")

    # --- conditions

    def _where(self, node: Where) -> Words:
        match node:
            case Look():
                return self._look(node)
            case Several():
                return self._several(node.need, [self._where(child) for child in node.children])
            case Opposite():
                return self._opposite(self._where(node.child))

    def _several(self, need: int, children: Sequence[Words]) -> Words:
        return self._at_least(need, [sure for sure, _ in children]), self._at_least(need, [may for _, may in children])

    def _opposite(self, words: Words) -> Words:
        return self._not(words[1]), self._not(words[0])

    def _count(self, count: Count) -> Words:
        if (count.fact, None) not in self.shape:
            return NONE, ALL
        sure = self._bits(Input(Kind.SURE, count.fact, None, count))
        may = self._bits(Input(Kind.MAY, count.fact, None, count))
        known = self._bits(Input(Kind.LIST_KNOWN, count.fact))
        open_ended = self._not(self._bits(Input(Kind.COMPLETE, count.fact)))
        return self._and(sure, known), self._or(self._or(may, self._not(known)), open_ended)

    def _look(self, look: Look) -> Words:
        fact, subject = self.plan.facts[look.fact], self.plan.subject(look)
        kind = self.shape.get((look.fact, look.field))
        if kind == "list":
            return self._bits(Input(Kind.LIST_KNOWN, look.fact)), ALL
        register = fact.register and look.field is None
        if kind is None and not register:
            return NONE, ALL
        known = ALL if register else self._bits(Input(Kind.KNOWN, look.fact, look.field))
        if isinstance(look.test, Known):
            return known, ALL
        if kind is None:
            holds = self._bool(look, NONE)
        elif subject.type is Type.BOOL:
            bits = self._bits(Input(Kind.BITS, look.fact, look.field))
            if register:
                bits = self._and(bits, self._bits(Input(Kind.KNOWN, look.fact, look.field)))
            holds = self._bool(look, bits)
        else:
            found = self._holds(look, subject, kind)
            if found is None:
                given = (self._bits(Input(each, look.fact, look.field, look)) for each in (Kind.SURE, Kind.MAY))
                return next(given), next(given)
            holds = found
        return self._and(holds, known), self._or(holds, self._not(known))

    def _bool(self, look: Look, bits: str) -> str:
        wanted = {True} if isinstance(look.test, IsTrue) else wanted_bool(look.test)
        if len(wanted) == 1:
            return bits if True in wanted else self._not(bits)
        return ALL if wanted else NONE

    def _holds(self, look: Look, subject: Field, kind: str) -> str | None:
        """Give the word where a test of a number holds; None where numpy must say."""
        match look.test:
            case Compare():
                limit = operand(look.test.operand, subject)
                return self._compare(look, kind, _PREDICATE[look.test.order], limit)
            case Between():
                low, high = operand(look.test.low, subject), operand(look.test.high, subject)
                above = self._compare(look, kind, "sge", low)
                return self._and(above, self._compare(look, kind, "sle", high))
            case Member():
                word = self._member(look, kind, self._wanted(look))
                return self._not(word) if word is not None and look.test.negated else word
        return None

    def _wanted(self, look: Look) -> list[int]:
        """Give the numbers of a membership test, ascending."""
        values, subject = look.test.values if isinstance(look.test, Member) else (), self.plan.subject(look)
        if subject.type not in TEXTS:
            return sorted(operand(each, subject) for each in values)
        words = self.layout.dictionary(look.fact, look.field)
        return sorted(words[str(each)] for each in values if each in words)

    @cached_property
    def _spread(self) -> Mapping[tuple[str, str | None], list[Look]]:
        """Of each column the sets that are too wide for a word, as far as a table can hold them."""
        found: dict[tuple[str, str | None], list[Look]] = {}
        for look in looks_of(self.plan):
            if isinstance(look.test, Member) and self.plan.subject(look).type is not Type.BOOL:
                wanted, column = self._wanted(look), found.setdefault((look.fact, look.field), [])
                wide = len(wanted) > _FEW and wanted[-1] - wanted[0] >= _NARROW
                if wide and abs(wanted[0]) < _TABLE > abs(wanted[-1]) and look not in column:
                    column.append(look)
        return found

    # --- values

    def _values(self, look: Look, kind: str) -> str:
        at = self._pointer(Input(Kind.VALUES, look.fact, look.field))
        first = self._once("mul i64 %i, 64")
        at = self._once(f"getelementptr {kind}, ptr {at}, i64 {first}")
        return self._once(f"load <64 x {kind}>, ptr {at}, align 1")

    def _compare(self, look: Look, kind: str, predicate: str, limit: int) -> str:
        high = (1 << int(kind[1:]) - 1) - 1
        low = -high - 1
        if not low <= limit <= high:
            # No value of the type is beyond: a limit above all, or below all.
            return ALL if (limit > high) is (predicate in ("slt", "sle")) else NONE
        values = self._values(look, kind)
        found = self._once(f"icmp {predicate} <64 x {kind}> {values}, splat ({kind} {limit})")
        return self._once(f"bitcast <64 x i1> {found} to i64")

    def _member(self, look: Look, kind: str, wanted: list[int]) -> str | None:
        if len(wanted) <= _FEW:
            word = NONE
            for one in wanted:
                word = self._or(word, self._compare(look, kind, "eq", one))
            return word
        if wanted[-1] - wanted[0] < _NARROW:
            return self._shifted(look, kind, wanted[0], sum(1 << one - wanted[0] for one in wanted))
        return self._looked_up(look, kind) if look in self._spread.get((look.fact, look.field), ()) else None

    def _shifted(self, look: Look, kind: str, low: int, mask: int) -> str:
        """Test membership in a narrow set: the bit of a constant that the value points at."""
        values = self._wide(look, kind)
        moved = self._once(f"sub <64 x i64> {values}, splat (i64 {low})")
        inside = self._once(f"icmp ult <64 x i64> {moved}, splat (i64 64)")
        near = self._once(f"and <64 x i64> {moved}, splat (i64 63)")
        signed = mask - (1 << 64) if mask >> 63 else mask
        bits = self._once(f"lshr <64 x i64> splat (i64 {signed}), {near}")
        bits = self._once(f"trunc <64 x i64> {bits} to <64 x i1>")
        found = self._once(f"and <64 x i1> {inside}, {bits}")
        return self._once(f"bitcast <64 x i1> {found} to i64")

    def _wide(self, look: Look, kind: str) -> str:
        values = self._values(look, kind)
        return values if kind == "i64" else self._once(f"sext <64 x {kind}> {values} to <64 x i64>")

    def _looked_up(self, look: Look, kind: str) -> str:
        """Test membership by a table that tells of each value which of up to 64 tests of its column it passes."""
        place = self._spread[look.fact, look.field].index(look)
        together = self._spread[look.fact, look.field][place // 64 * 64 :][:64]
        sets = [self._wanted(each) for each in together]
        low, size = min(each[0] for each in sets), max(each[-1] for each in sets) - min(each[0] for each in sets) + 3
        table = Input(Kind.TABLE, look.fact, look.field, together[0])
        if table not in self.function.tables:
            bits = np.zeros(size, dtype=np.uint64)
            for number, each in enumerate(sets):
                bits[[one - low + 1 for one in each]] |= np.uint64(1 << number)
            self.function.tables[table] = bits
        values = self._wide(look, kind)
        # What is outside moves to the ends, which belong to no set.
        moved = self._once(f"sub <64 x i64> {values}, splat (i64 {low - 1})")
        for name, limit in (("smax", 0), ("smin", size - 1)):
            call = f"call <64 x i64> @llvm.{name}.v64i64(<64 x i64> {moved}, <64 x i64> splat (i64 {limit}))"
            moved = self._once(call)
        at = self._once(f"getelementptr i64, ptr {self._pointer(table)}, <64 x i64> {moved}")
        always = "<64 x i1> splat (i1 true), <64 x i64> poison"
        got = self._once(f"call <64 x i64> @llvm.masked.gather.v64i64.v64p0(<64 x ptr> {at}, i32 8, {always})")
        bit = 1 << place % 64
        mine = self._once(f"and <64 x i64> {got}, splat (i64 {bit - (1 << 64) if bit >> 63 else bit})")
        found = self._once(f"icmp ne <64 x i64> {mine}, zeroinitializer")
        return self._once(f"bitcast <64 x i1> {found} to i64")

    # --- words

    def _bits(self, which: Input) -> str:
        at = self._once(f"getelementptr i64, ptr {self._pointer(which)}, i64 %i")
        return self._once(f"load i64, ptr {at}, align 1")

    def _and(self, one: str, other: str) -> str:
        if NONE in (one, other):
            return NONE
        if ALL in (one, other):
            return other if one == ALL else one
        return one if one == other else self._once(f"and i64 {one}, {other}")

    def _or(self, one: str, other: str) -> str:
        if ALL in (one, other):
            return ALL
        if NONE in (one, other):
            return other if one == NONE else one
        return one if one == other else self._once(f"or i64 {one}, {other}")

    def _not(self, one: str) -> str:
        return {NONE: ALL, ALL: NONE}.get(one) or self._once(f"xor i64 {one}, -1")

    def _xor(self, one: str, other: str) -> str:
        return other if one == NONE else one if other == NONE else self._once(f"xor i64 {one}, {other}")

    def _at_least(self, need: int, words: Sequence[str]) -> str:
        """Count in bit slices where all or one is not what is needed: ``digits[k]`` are the counts' k-th digits."""
        if need in (1, len(words)):
            join = self._or if need == 1 else self._and
            found = words[0]
            for word in words[1:]:
                found = join(found, word)
            return found
        digits = [NONE] * len(words).bit_length()
        for word in words:
            carry = word
            for place, digit in enumerate(digits):
                digits[place], carry = self._xor(digit, carry), self._and(digit, carry)
        more, equal = NONE, ALL
        for place in reversed(range(len(digits))):
            if need >> place & 1:
                equal = self._and(equal, digits[place])
            else:
                more = self._or(more, self._and(equal, digits[place]))
                equal = self._and(equal, self._not(digits[place]))
        return self._or(more, equal)

    # --- lines

    def _pointer(self, which: Input) -> str:
        place = self.function.inputs.setdefault(which, len(self.function.inputs))
        name = f"%in{place}"
        if name not in self._made:
            self._made[name] = name
            self.function.head.append(f"%at{place} = getelementptr ptr, ptr %table, i64 {place}")
            self.function.head.append(f"{name} = load ptr, ptr %at{place}, align 8")
        return name

    def _new(self, line: str) -> str:
        name = f"%v{len(self.function.body)}"
        self.function.body.append(f"{name} = {line}")
        return name

    def _once(self, line: str) -> str:
        """Write a line unless the same value is there already."""
        if line not in self._made:
            self._made[line] = self._new(line)
        return self._made[line]


def text_of(function: Function) -> str:
    """Write a function: ``void name(words, stride of the output in words, table of pointers, output)``."""
    head, body = ("\n  ".join(lines) for lines in (function.head, function.body))
    return f"""
define void @{function.name}(i64 %words, i64 %stride, ptr noalias %table, ptr noalias %out) {{
entry:
  {head}
  %some = icmp sgt i64 %words, 0
  br i1 %some, label %turn, label %end
turn:
  %i = phi i64 [ 0, %entry ], [ %next, %turn ]
  {body}
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %words
  br i1 %more, label %turn, label %end
end:
  ret void
}}
"""


DECLARATIONS = """
declare <64 x i64> @llvm.smax.v64i64(<64 x i64>, <64 x i64>)
declare <64 x i64> @llvm.smin.v64i64(<64 x i64>, <64 x i64>)
declare <64 x i64> @llvm.masked.gather.v64i64.v64p0(<64 x ptr>, i32, <64 x i1>, <64 x i64>)
declare i64 @llvm.cttz.i64(i64, i1)
"""
SCATTER = """
define void @scatter(i64 %words, ptr noalias %bits, ptr noalias %rows, ptr noalias %out) {
entry:
  %some = icmp sgt i64 %words, 0
  br i1 %some, label %turn, label %end
turn:
  %i = phi i64 [ 0, %entry ], [ %next, %done ]
  %at = getelementptr i64, ptr %bits, i64 %i
  %word = load i64, ptr %at, align 8
  %first = mul i64 %i, 64
  br label %test
test:
  %left = phi i64 [ %word, %turn ], [ %rest, %hit ]
  %any = icmp ne i64 %left, 0
  br i1 %any, label %hit, label %done
hit:
  %place = call i64 @llvm.cttz.i64(i64 %left, i1 true)
  %item = add i64 %first, %place
  %rowat = getelementptr i64, ptr %rows, i64 %item
  %row = load i64, ptr %rowat, align 8
  %byte = lshr i64 %row, 3
  %low = and i64 %row, 7
  %low8 = trunc i64 %low to i8
  %bit = shl i8 1, %low8
  %outat = getelementptr i8, ptr %out, i64 %byte
  %old = load i8, ptr %outat, align 1
  %new = or i8 %old, %bit
  store i8 %new, ptr %outat, align 1
  %less = sub i64 %left, 1
  %rest = and i64 %left, %less
  br label %test
done:
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %words
  br i1 %more, label %turn, label %end
end:
  ret void
}
"""
"""Sets the bit of the person of each item whose bit is set."""
