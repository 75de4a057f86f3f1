"""Kernels give the same bitmaps, say who they are, and are chosen by what is there."""

from __future__ import annotations

from datetime import date
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from suchang.cli.main import cli
from suchang.demo.province import SEED, make_province
from suchang.eligibility import Engine, load_pack
from suchang.eligibility.batch import MANY, Kernel, KernelName, Layout, chosen, columns_of_records, kernel
from suchang.eligibility.batch.kernel import KernelMissing
from tests.unit.eligibility.batch.arrow import write_people

JIANGSU = Path("eligibility_rules/jiangsu")
ON = date(2026, 11, 1)
native = pytest.mark.skipif(not find_spec("llvmlite"), reason="the native kernel is not tested: no llvmlite here")


@native
@pytest.mark.parametrize("count", [1, 63, 64, 65, 150])
def test_native_code_gives_the_bitmaps_of_numpy_when_blocks_are_not_full(count: int) -> None:
    pack = load_pack(JIANGSU)
    engine, layout = Engine(pack), Layout(pack, ON)
    people = list(make_province(SEED, 150, ON).people)[:count]
    records = [engine.parse_facts(dict(person.facts)) for person in people]
    columns = columns_of_records(layout, [str(number) for number in range(count)], records)
    one, other = (Kernel(layout, name=name).evaluate(columns) for name in (KernelName.NUMPY, KernelName.NATIVE))
    for name, pair in one.status.items():
        for side, bits in enumerate(pair):
            theirs = other.status[name][side]
            flags = (np.unpackbits(each, count=count, bitorder="little") for each in (bits, theirs))
            assert np.array_equal(*flags), name
    assert one.tier.tolist() == other.tier.tolist()
    assert one.rule.tolist() == other.rule.tolist()


@native
def test_native_code_is_chosen_when_there_are_many_people() -> None:
    assert chosen(KernelName.AUTO, MANY) is KernelName.NATIVE
    assert chosen(KernelName.AUTO, MANY - 1) is chosen(KernelName.AUTO, None) is KernelName.NUMPY
    assert chosen(KernelName.NUMPY, MANY) is KernelName.NUMPY


def test_numpy_is_chosen_and_native_refused_when_llvmlite_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "find_spec", lambda _name: None)
    assert chosen(KernelName.AUTO, MANY) is KernelName.NUMPY
    with pytest.raises(KernelMissing, match="needs llvmlite: pip install"):
        chosen(KernelName.NATIVE, 1)


@pytest.mark.parametrize("name", ["numpy", pytest.param("native", marks=native)])
def test_kernel_is_told_when_it_is_asked_for(tmp_path: Path, name: str) -> None:
    people = tmp_path / "people.parquet"
    write_people(people, load_pack(JIANGSU), [dict(person.facts) for person in make_province(SEED, 20, ON).people])
    common = ["--input", str(people), "--on", str(ON), "--kernel", name]
    for words in (
        ["rules", "batch", str(JIANGSU), *common, "--output", str(tmp_path / "out.csv")],
        ["rules", "simulate", str(JIANGSU), str(JIANGSU), *common],
    ):
        result: Result = CliRunner().invoke(cli, words, standalone_mode=False)
        assert result.return_value == 0, result.output
        assert f"kernel: {name}" in result.stderr
