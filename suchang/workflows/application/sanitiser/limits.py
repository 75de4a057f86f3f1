"""How large a file may be, in which respect, and what its reading may cost."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 10 * 1024 * 1024
MEMORY: Final = 1024 * 1024 * 1024
"""Address space of the program; what it really holds stays far below, see docs/files.md."""
SECONDS: Final = 20

MAX_SIDE: Final = 65_000
MAX_PIXELS: Final = 220_000_000
MAX_WHOLE_PIXELS: Final = 40_000_000
"""Kinds that can only be decoded as a whole; others are scaled down while they are read."""
MAX_PROGRESSIVE_PIXELS: Final = 72_000_000
MAX_HEIC_PIXELS: Final = 50_000_000
KEPT_PIXELS: Final = 16_000_000
"""A page of A4 at 400 dots an inch has 15.5 million."""
MAX_PNG_BYTES: Final = 8 * 1024 * 1024
"""An opaque picture that would be larger as PNG is kept as JPEG."""

MAX_PAGES: Final = 500
MAX_OBJECTS: Final = 100_000
MAX_DEPTH: Final = 100
MAX_STREAM: Final = 200 * 1024 * 1024
MAX_UNPACKED: Final = 2 * 1024 * 1024 * 1024

PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
EXTENSIONS: Final = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png"}
