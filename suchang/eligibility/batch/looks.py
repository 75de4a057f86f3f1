"""Write looks at the facts of 64 people (or items) as LLVM IR: comparisons, sets, tables; each look gives two words.

A comparison of 64 values gives ``<64 x i1>``, which is a word of a bitmap as it stands. What can't be said here (a code
listed on its item's own date, a set spread too wide) numpy computes before, and it comes in as two bitmaps.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from suchang.eligibility.batch.columnwise import operand, wanted_bool
from suchang.eligibility.batch.layout import TEXTS, Layout
from suchang.eligibility.batch.plan import Look, Plan, looks_of
from suchang.eligibility.batch.words import ALL, NONE, Input, Kind, Words, WordWriter
from suchang.eligibility.concrete import Member
from suchang.eligibility.model import Field, Type
from suchang.eligibility.tree import Between, Compare, IsTrue, Known, Order

_PREDICATE = {Order.LT: "slt", Order.LE: "sle", Order.GT: "sgt", Order.GE: "sge"}
_FEW, _NARROW, _TABLE = 3, 64, 1 << 16
Shape = Mapping[tuple[str, str | None], str]
"""The columns that there are, with the LLVM type of their values (``i1`` for bitmaps, ``list`` for a list itself)."""


class LookWriter:
    """Writes the looks of one function."""

    def __init__(self, words: WordWriter, layout: Layout, plan: Plan, shape: Shape) -> None:
        self.words, self.layout, self.plan, self.shape = words, layout, plan, shape

    def write(self, look: Look) -> Words:
        fact, subject = self.plan.facts[look.fact], self.plan.subject(look)
        kind = self.shape.get((look.fact, look.field))
        if kind == "list":
            return self.words.read(Input(Kind.LIST_KNOWN, look.fact)), ALL
        register = fact.register and look.field is None
        if kind is None and not register:
            return NONE, ALL
        known = ALL if register else self.words.read(Input(Kind.KNOWN, look.fact, look.field))
        if isinstance(look.test, Known):
            return known, ALL
        if kind is None:
            holds = self._bool(look, NONE)
        elif subject.type is Type.BOOL:
            bits = self.words.read(Input(Kind.BITS, look.fact, look.field))
            if register:
                bits = self.words.both(bits, self.words.read(Input(Kind.KNOWN, look.fact, look.field)))
            holds = self._bool(look, bits)
        else:
            found = self._holds(look, subject, kind)
            if found is None:
                given = (self.words.read(Input(each, look.fact, look.field, look)) for each in (Kind.SURE, Kind.MAY))
                return next(given), next(given)
            holds = found
        return self.words.both(holds, known), self.words.either(holds, self.words.opposite(known))

    def _bool(self, look: Look, bits: str) -> str:
        wanted = {True} if isinstance(look.test, IsTrue) else wanted_bool(look.test)
        if len(wanted) == 1:
            return bits if True in wanted else self.words.opposite(bits)
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
                return self.words.both(above, self._compare(look, kind, "sle", high))
            case Member():
                word = self._member(look, kind, self._wanted(look))
                return self.words.opposite(word) if word is not None and look.test.negated else word
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

    def _values(self, look: Look, kind: str) -> str:
        at = self.words.pointer(Input(Kind.VALUES, look.fact, look.field))
        first = self.words.once("mul i64 %i, 64")
        at = self.words.once(f"getelementptr {kind}, ptr {at}, i64 {first}")
        return self.words.once(f"load <64 x {kind}>, ptr {at}, align 1")

    def _compare(self, look: Look, kind: str, predicate: str, limit: int) -> str:
        high = (1 << int(kind[1:]) - 1) - 1
        low = -high - 1
        if not low <= limit <= high:
            # No value of the type is beyond: a limit above all, or below all.
            return ALL if (limit > high) is (predicate in ("slt", "sle")) else NONE
        values = self._values(look, kind)
        found = self.words.once(f"icmp {predicate} <64 x {kind}> {values}, splat ({kind} {limit})")
        return self.words.once(f"bitcast <64 x i1> {found} to i64")

    def _member(self, look: Look, kind: str, wanted: list[int]) -> str | None:
        if len(wanted) <= _FEW:
            word = NONE
            for one in wanted:
                word = self.words.either(word, self._compare(look, kind, "eq", one))
            return word
        if wanted[-1] - wanted[0] < _NARROW:
            return self._shifted(look, kind, wanted[0], sum(1 << one - wanted[0] for one in wanted))
        return self._looked_up(look, kind) if look in self._spread.get((look.fact, look.field), ()) else None

    def _shifted(self, look: Look, kind: str, low: int, mask: int) -> str:
        """Test membership in a narrow set: the bit of a constant that the value points at."""
        values = self._wide(look, kind)
        moved = self.words.once(f"sub <64 x i64> {values}, splat (i64 {low})")
        inside = self.words.once(f"icmp ult <64 x i64> {moved}, splat (i64 64)")
        near = self.words.once(f"and <64 x i64> {moved}, splat (i64 63)")
        signed = mask - (1 << 64) if mask >> 63 else mask
        bits = self.words.once(f"lshr <64 x i64> splat (i64 {signed}), {near}")
        bits = self.words.once(f"trunc <64 x i64> {bits} to <64 x i1>")
        found = self.words.once(f"and <64 x i1> {inside}, {bits}")
        return self.words.once(f"bitcast <64 x i1> {found} to i64")

    def _wide(self, look: Look, kind: str) -> str:
        values = self._values(look, kind)
        return values if kind == "i64" else self.words.once(f"sext <64 x {kind}> {values} to <64 x i64>")

    def _looked_up(self, look: Look, kind: str) -> str:
        """Test membership by a table that tells of each value which of up to 64 tests of its column it passes."""
        place = self._spread[look.fact, look.field].index(look)
        together = self._spread[look.fact, look.field][place // 64 * 64 :][:64]
        sets = [self._wanted(each) for each in together]
        low, size = min(each[0] for each in sets), max(each[-1] for each in sets) - min(each[0] for each in sets) + 3
        table = Input(Kind.TABLE, look.fact, look.field, together[0])
        if table not in self.words.function.tables:
            bits = np.zeros(size, dtype=np.uint64)
            for number, each in enumerate(sets):
                bits[[one - low + 1 for one in each]] |= np.uint64(1 << number)
            self.words.function.tables[table] = bits
        values = self._wide(look, kind)
        # What is outside moves to the ends, which belong to no set.
        moved = self.words.once(f"sub <64 x i64> {values}, splat (i64 {low - 1})")
        for name, limit in (("smax", 0), ("smin", size - 1)):
            call = f"call <64 x i64> @llvm.{name}.v64i64(<64 x i64> {moved}, <64 x i64> splat (i64 {limit}))"
            moved = self.words.once(call)
        at = self.words.once(f"getelementptr i64, ptr {self.words.pointer(table)}, <64 x i64> {moved}")
        always = "<64 x i1> splat (i1 true), <64 x i64> poison"
        got = self.words.once(f"call <64 x i64> @llvm.masked.gather.v64i64.v64p0(<64 x ptr> {at}, i32 8, {always})")
        bit = 1 << place % 64
        mine = self.words.once(f"and <64 x i64> {got}, splat (i64 {bit - (1 << 64) if bit >> 63 else bit})")
        found = self.words.once(f"icmp ne <64 x i64> {mine}, zeroinitializer")
        return self.words.once(f"bitcast <64 x i1> {found} to i64")
