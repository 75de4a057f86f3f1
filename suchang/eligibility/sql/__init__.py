"""A pack as one SQL query, for engines that hold a province's people already: DuckDB, PostgreSQL and Spark.

``text(pack, on, "postgres", Source("people"), rules=True)`` writes it. It is built of sqlglot's expressions, never of
pieces of text. SQL's NULL is Kleene's unknown: AND, OR and NOT mean the same; counting and tests of lists are written
out so that they do (``logic.py``, ``source.py``). The tables are those of ``rules schema --format ddl``.

What a query can't do is refuse a value that is none (an enumeration's unlisted code, NaN, a day ``infinity``), so
``problems.first_problem`` writes a second query that finds the first of them. ``running`` does both in an engine,
from a Parquet file or PostgreSQL's own tables to a file of tiers.
"""

from suchang.eligibility.sql.query import select, text
from suchang.eligibility.sql.source import Source

__all__ = ["Source", "select", "text"]
