"""What-if: determine a population with two versions of a pack, and say who gains, loses and moves.

``simulate`` takes answered chunks (from the single-record engine, or from a columnar one that fills the same arrays)
and gives a ``Report``: the matrix of tiers, the same by city and by category, and the clauses that decide. ``picture``
draws it, ``write_changes`` writes the list.
"""

from suchang.eligibility.simulation.answers import Chunk, Pair, answer_rows
from suchang.eligibility.simulation.columns import answer_columns
from suchang.eligibility.simulation.export import write_changes, write_sheet
from suchang.eligibility.simulation.picture import picture
from suchang.eligibility.simulation.report import Report, Turn, simulate
from suchang.eligibility.simulation.rows import Rows, open_rows

__all__ = [
    "Chunk",
    "Pair",
    "Report",
    "Rows",
    "Turn",
    "answer_columns",
    "answer_rows",
    "open_rows",
    "picture",
    "simulate",
    "write_changes",
    "write_sheet",
]
