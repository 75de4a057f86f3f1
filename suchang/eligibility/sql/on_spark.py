"""Spark on this machine, for a first look and for tests: on a cluster the query runs as ``rules sql`` prints it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from suchang.domain.errors import DomainError

_SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
}
JAVA = 17


class SparkMissing(DomainError):
    """Spark can't run here; the sentence says what is missing."""

    slug = "spark_missing"


def require_spark() -> None:
    """Refuse with one sentence where pyspark or Java is missing."""
    try:
        import pyspark  # noqa: F401 - an optional extra
    except ImportError:
        raise SparkMissing("Spark needs the extra: pip install 'suchang-card[spark]'") from None
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    try:
        answer = subprocess.run([java or "java", "-version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        raise SparkMissing(
            f"Spark needs Java {JAVA} or newer; none runs here (JAVA_HOME or java on the PATH)"
        ) from None
    found = re.search(r'version "(\d+)', answer.stderr + answer.stdout)
    if found is None or int(found[1]) < JAVA:
        raise SparkMissing(f"Spark needs Java {JAVA} or newer, not {found[1] if found else 'an unknown one'}")


@contextmanager
def spark_session(settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[Any]:
    """Run Spark beside this program for a block, on all cores, reachable from this machine only."""
    require_spark()
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder: Any = SparkSession.builder
    builder = builder.master("local[*]").appName("suchang")
    for name, value in {**_SETTINGS, **settings}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        session.sparkContext.setLogLevel("ERROR")
        yield session
    finally:
        session.stop()
