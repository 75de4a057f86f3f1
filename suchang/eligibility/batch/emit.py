"""Write a plan as LLVM IR: 64 people (or items) a turn, each condition two 64-bit words, everything in registers.

LLVM makes of it what the processor has, from SSE2 and NEON to AVX-512. ``looks`` writes what is asked of the facts,
``words`` what is done with the answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from suchang.eligibility.batch.layout import Layout
from suchang.eligibility.batch.looks import LookWriter, Shape
from suchang.eligibility.batch.plan import Count, Look, Opposite, Plan, Several, Where
from suchang.eligibility.batch.words import ALL, NONE, Function, Input, Kind, Words, WordWriter
from suchang.eligibility.edition import Group, Negated, Never


class Writer:
    """Writes one function for people or for the items of one list."""

    def __init__(self, name: str, layout: Layout, plan: Plan, shape: Shape) -> None:
        self.function = Function(name)
        self._words = WordWriter(self.function)
        self._looks = LookWriter(self._words, layout, plan, shape)
        self._plan, self._shape = plan, shape

    def people(self, wanted: Iterable[int]) -> Function:
        """Write the steps of a plan, and put out the wanted ones."""
        done: list[Words] = []
        for step in self._plan.steps:
            match step:
                case Look():
                    done.append(self._looks.write(step))
                case Count():
                    done.append(self._count(step))
                case Group():
                    done.append(self._several(step.need, [done[child] for child in step.children]))
                case Negated():
                    done.append(self._opposite(done[step.child]))
                case Never():
                    done.append((NONE, NONE))
        for number in wanted:
            self._words.put(number, done[number])
        return self.function

    def items(self, counts: Iterable[Count]) -> Function:
        """Write the conditions on the items of one list."""
        for count in counts:
            if count.where not in self.function.results:
                self._words.put(count.where, self._where(count.where))
        return self.function

    def _where(self, node: Where) -> Words:
        match node:
            case Look():
                return self._looks.write(node)
            case Several():
                return self._several(node.need, [self._where(child) for child in node.children])
            case Opposite():
                return self._opposite(self._where(node.child))

    def _count(self, count: Count) -> Words:
        if (count.fact, None) not in self._shape:
            return NONE, ALL
        words = self._words
        sure = words.read(Input(Kind.SURE, count.fact, None, count))
        may = words.read(Input(Kind.MAY, count.fact, None, count))
        known = words.read(Input(Kind.LIST_KNOWN, count.fact))
        open_ended = words.opposite(words.read(Input(Kind.COMPLETE, count.fact)))
        return words.both(sure, known), words.either(words.either(may, words.opposite(known)), open_ended)

    def _several(self, need: int, children: Sequence[Words]) -> Words:
        sure, may = ([pair[which] for pair in children] for which in (0, 1))
        return self._words.at_least(need, sure), self._words.at_least(need, may)

    def _opposite(self, words: Words) -> Words:
        return self._words.opposite(words[1]), self._words.opposite(words[0])


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
