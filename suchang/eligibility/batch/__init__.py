"""Many people at once: columns in, bitmaps of every condition, tiers out.

``Layout`` says what a pack needs of each fact on a day, ``parquet`` and ``records`` fill ``Columns`` from a file or
from single records, ``Kernel.evaluate`` gives an ``Answer`` for each chunk: the definite and the possible bitmap of
every rule, its grant, and from them tier, possible tier and deciding rule. A what-if is XOR and popcount.
"""

from suchang.eligibility.batch.columns.layout import Layout, NotAColumn
from suchang.eligibility.batch.columns.packed import Columns, Flat, Lists
from suchang.eligibility.batch.columns.reading import chunks_of_parquet, each_chunk
from suchang.eligibility.batch.columns.records import columns_of_records
from suchang.eligibility.batch.kernels.kernel import Kernel
from suchang.eligibility.batch.kernels.tiers_from_bitmaps import Answer

__all__ = [
    "Answer",
    "Columns",
    "Flat",
    "Kernel",
    "Layout",
    "Lists",
    "NotAColumn",
    "chunks_of_parquet",
    "columns_of_records",
    "each_chunk",
]
