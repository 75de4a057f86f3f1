"""Spark, with lists as columns, means what the reference means: one session, few queries, many people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from suchang.eligibility.sql.on_spark import SparkMissing, require_spark, spark_session
from tests.unit.eligibility.batch.arrow import write_people
from tests.unit.eligibility.sql.compare import crowd, dense, differences, query
from tests.unit.eligibility.sql.faults import planted
from tests.unit.eligibility.strategies import days, load, packs
from tests.unit.eligibility.test_planted_faults import drawn

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]
# Small queries, once each: a compiler that thinks less is sooner done.
QUICK = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
}


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    try:
        require_spark()
    except SparkMissing as missing:
        if os.environ.get("CI") == "true" or os.environ.get("SUCHANG_REQUIRE_SPARK") == "1":
            raise
        pytest.skip(f"NOT TESTED ON SPARK: {missing.detail}")
    folder: Path = tmp_path_factory.mktemp("spark")
    write_people(folder / "people.parquet", dense(), crowd())
    with spark_session(QUICK) as session:
        session.read.parquet(str(folder / "people.parquet")).createOrReplaceTempView("people")
        yield session


def rows(spark: Any, query: str) -> list[dict[str, Any]]:
    return [row.asDict() for row in spark.sql(query).collect()]


def test_spark_and_reference_agree_when_every_operator_is_a_rule(spark: Any) -> None:
    on = date(2024, 2, 29)
    assert differences(dense(), on, crowd(), rows(spark, query(dense(), on, "spark"))) == []


def test_spark_and_reference_agree_when_packs_are_random(spark: Any) -> None:
    for files in drawn(packs(), 4)[1:]:
        pack = load(files)
        on = days(pack)[len(days(pack)) // 2]
        assert differences(pack, on, crowd(), rows(spark, query(pack, on, "spark"))) == []


def test_comparison_fails_when_a_fault_is_planted(spark: Any) -> None:
    on = date(2024, 2, 29)
    assert differences(dense(), on, crowd(), rows(spark, planted("an incomplete list counts as complete", on, "spark")))
