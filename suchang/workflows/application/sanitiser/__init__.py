"""Turn an uploaded file into a harmless one with the same look.

Pictures are drawn anew, PDFs are rebuilt from their pages, what was written or stamped upon them becomes part of the
page. ``python -m`` runs the package as a program of its own with little memory and time, because parsers of foreign
files are where memory goes; it imports nothing else of the house.
"""

from suchang.workflows.application.sanitiser.limits import EXTENSIONS, MAX_BYTES, MEMORY, SECONDS
from suchang.workflows.application.sanitiser.rebuild import Clean, sanitise
from suchang.workflows.application.sanitiser.refusals import CAUSES, Cause, Refused
from suchang.workflows.application.sanitiser.signatures import Signature

__all__ = [
    "CAUSES",
    "EXTENSIONS",
    "MAX_BYTES",
    "MEMORY",
    "SECONDS",
    "Cause",
    "Clean",
    "Refused",
    "Signature",
    "sanitise",
]
