"""The kernel that is compiled for this processor: llvmlite makes machine code of a plan when the first chunk comes.

It means what the numpy kernel means, bit for bit. One turn of its loop answers 64 people; what is left over at the end
of a chunk goes through a padded copy, so that nothing is read beyond a buffer.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
from llvmlite import binding
from numpy.typing import NDArray

from suchang.eligibility.batch.columns import Bits, Columns, Flat, Lists, pack, unpack, width
from suchang.eligibility.batch.columnwise import NumpyRun
from suchang.eligibility.batch.emit import DECLARATIONS, SCATTER, Writer, text_of
from suchang.eligibility.batch.layout import Layout
from suchang.eligibility.batch.looks import Shape
from suchang.eligibility.batch.plan import Count, Look, Plan, Where
from suchang.eligibility.batch.rules import Pair
from suchang.eligibility.batch.words import Function, Input, Kind
from suchang.eligibility.model import Type

_BLOCK = 64
_Call = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p)
_Scatter = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


class NativePlan:
    """A plan as machine code, one program for each shape of chunks."""

    def __init__(self, layout: Layout, plan: Plan) -> None:
        self.layout, self.plan = layout, plan
        self._wanted = {steps[rule.condition] for edition, steps in plan.editions for rule in edition.rules}
        self._programs: dict[frozenset[Any], _Program] = {}
        self._lock = Lock()

    def conditions(self, numpy: NumpyRun) -> Mapping[int, Pair]:
        """Give the bitmaps of the steps that rules are.

        The first thread that needs a program makes it; the others answer by numpy meanwhile, as they would wait for it.
        """
        shape = _shape_of(numpy.columns, self.plan)
        key = frozenset(shape.items())
        program = self._programs.get(key) or self._made(key, shape)
        return program.run(numpy) if program else dict(enumerate(numpy.conditions()))

    def _made(self, key: frozenset[Any], shape: Shape) -> _Program | None:
        """Make a program; None while another thread makes one."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            if key not in self._programs:
                self._programs[key] = _Program(self.layout, self.plan, shape, self._wanted)
            return self._programs[key]
        finally:
            self._lock.release()


class _Program:
    """The functions for chunks of one shape."""

    def __init__(self, layout: Layout, plan: Plan, shape: Shape, wanted: set[int]) -> None:
        counts = [step for step in plan.steps if isinstance(step, Count) and (step.fact, None) in shape]
        self.people = Writer("people", layout, plan, shape).people(sorted(wanted))
        self.counts = [count for count in counts if Input(Kind.SURE, count.fact, None, count) in self.people.inputs]
        self.items = {
            fact: Writer(f"items{place}", layout, plan, shape).items([one for one in self.counts if one.fact == fact])
            for place, fact in enumerate(dict.fromkeys(one.fact for one in self.counts))
        }
        self._code = _machine_code([self.people, *self.items.values()])
        self._scatter = _Scatter(self._code.get_function_address("scatter"))

    def run(self, numpy: NumpyRun) -> Mapping[int, Pair]:
        """Answer one chunk."""
        given: dict[Input, NDArray[Any]] = {}
        for fact, function in self.items.items():
            column = numpy.columns.facts[fact]
            if isinstance(column, Lists):
                results = self._items(numpy, function, column)
                for count in self.counts:
                    if count.fact == fact:
                        pair = self._persons(count, column, results[count.where], numpy)
                        for kind, bits in zip((Kind.SURE, Kind.MAY), pair, strict=True):
                            given[Input(kind, fact, None, count)] = bits
        for which in self.people.inputs:
            if which.kind in (Kind.SURE, Kind.MAY) and isinstance(which.of, Look):
                given[which] = numpy.leaf(which.of)[which.kind is Kind.MAY]
        arrays = [self._input(which, numpy.columns, given, self.people) for which in self.people.inputs]
        found = self._call(self.people, arrays, numpy.columns.count)
        size = width(numpy.columns.count)
        rows = found.view(np.uint8)[:, :size]
        return {key: (rows[row], rows[row + 1]) for key, row in self.people.results.items() if isinstance(key, int)}

    def _items(self, numpy: NumpyRun, function: Function, column: Lists) -> Mapping[Where, Any]:
        total = len(column.rows)
        given = {
            which: pack(numpy.item_leaf(which.of, column, total)[which.kind is Kind.MAY])
            for which in function.inputs
            if which.kind in (Kind.SURE, Kind.MAY) and isinstance(which.of, Look)
        }
        arrays = [self._input(which, column, given, function) for which in function.inputs]
        found = self._call(function, arrays, total)
        return {key: found[row : row + 2] for key, row in function.results.items() if not isinstance(key, int)}

    def _persons(self, count: Count, column: Lists, words: Any, numpy: NumpyRun) -> tuple[Bits, Bits]:
        """Bring the bits of items to their people."""
        total = len(column.rows)
        if count.need > 1:
            sure, may = (unpack(row.view(np.uint8), total) for row in words)
            return numpy.rows_with(column.rows, sure, count.need), numpy.rows_with(column.rows, may, count.need)
        pair = []
        rows = np.ascontiguousarray(column.rows, dtype=np.int64)
        for row in words:
            row = row.copy()
            if total % _BLOCK:
                # Behind the last item there is nobody.
                row[-1] &= np.uint64((1 << total % _BLOCK) - 1)
            out = np.zeros(width(numpy.count), dtype=np.uint8)
            self._scatter(len(row), *map(_address, (row, rows, out)))
            pair.append(out)
        return pair[0], pair[1]

    def _input(
        self, which: Input, columns: Columns | Lists, given: Mapping[Input, NDArray[Any]], function: Function
    ) -> NDArray[Any] | None:
        """Find a buffer; None stands for a bitmap of ones."""
        if which in given:
            return given[which]
        if which.kind is Kind.TABLE:
            return function.tables[which]
        whole = columns.facts[which.fact] if isinstance(columns, Columns) else columns
        if isinstance(whole, Lists):
            if which.kind is Kind.LIST_KNOWN:
                return whole.known
            if which.kind is Kind.COMPLETE:
                return whole.complete
            flat = whole.fields[which.field or ""]
        else:
            flat = whole
        return flat.known if which.kind is Kind.KNOWN else flat.values

    def _call(self, function: Function, arrays: Sequence[NDArray[Any] | None], count: int) -> NDArray[np.uint64]:
        """Run a function over all people or items: whole blocks where they lie, the rest from padded copies."""
        blocks, rest = divmod(count, _BLOCK)
        out = np.zeros((len(function.results) * 2, blocks + bool(rest)), dtype=np.uint64)
        code = _Call(self._code.get_function_address(function.name))
        ones = np.full(blocks + 1, ~np.uint64(0))
        whole = [ones if array is None else np.ascontiguousarray(array) for array in arrays]
        self._one(code, whole, out, blocks)
        if rest:
            pairs = zip(function.inputs, whole, strict=True)
            tail = [array if which.kind is Kind.TABLE else _padded(which, array, blocks) for which, array in pairs]
            self._one(code, tail, out[:, blocks:], 1)
        return out

    @staticmethod
    def _one(code: Any, arrays: Sequence[NDArray[Any]], out: NDArray[np.uint64], blocks: int) -> None:
        table = np.array([*map(_address, arrays), 0], dtype=np.uint64)
        stride = out.strides[0] // 8 if len(out) else 0
        code(blocks, stride, _address(table), _address(out))


def _address(array: NDArray[Any]) -> int:
    return int(array.__array_interface__["data"][0])


def _padded(which: Input, array: NDArray[Any], blocks: int) -> NDArray[Any]:
    """Copy what is behind the whole blocks into a block of its own."""
    if which.kind is Kind.VALUES:
        left = array[blocks * _BLOCK :]
        padded = np.zeros(_BLOCK, dtype=array.dtype)
    else:
        left = array.view(np.uint8)[blocks * 8 : blocks * 8 + 8]
        padded = np.zeros(8, dtype=np.uint8)
    padded[: len(left)] = left[: len(padded)]
    return padded


def _shape_of(columns: Columns, plan: Plan) -> dict[tuple[str, str | None], str]:
    shape: dict[tuple[str, str | None], str] = {}
    for name, column in columns.facts.items():
        if isinstance(column, Lists):
            shape[name, None] = "list"
            for field, flat in column.fields.items():
                shape[name, field] = _type_of(flat, plan.facts[name].field_named(field).type)
        elif name in plan.facts:
            shape[name, None] = _type_of(column, plan.facts[name].type)
    return shape


def _type_of(flat: Flat, kind: Type) -> str:
    return "i1" if kind is Type.BOOL else f"i{flat.values.dtype.itemsize * 8}"


def _machine_code(functions: Sequence[Function]) -> Any:
    text = DECLARATIONS + SCATTER + "".join(map(text_of, functions))
    module = binding.parse_assembly(text)
    engine = binding.create_mcjit_compiler(module, _machine())
    engine.finalize_object()
    return engine


def _machine() -> Any:
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    features = binding.get_host_cpu_features().flatten()
    target = binding.Target.from_default_triple()
    return target.create_target_machine(cpu=binding.get_host_cpu_name(), features=features, opt=1, jit=True)


@lru_cache(maxsize=1)
def processor() -> str:
    """Name the processor that code is made for, with the widest vectors that it has."""
    features = binding.get_host_cpu_features()
    wide = next((name for name in ("avx512bw", "avx2", "sse4.2", "neon") if features.get(name)), "")
    return f"{binding.get_host_cpu_name()} {wide}".strip()
