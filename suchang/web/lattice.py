"""The lattice window (漏窗) of a card number as SVG for the pages; the drawing itself is in the domain."""

from __future__ import annotations

from markupsafe import Markup

from suchang.credentials.print.lattice import TENTHS, lattice_path

__all__ = ["lattice_path", "lattice_svg"]


def lattice_svg(number: str, *, width: int = 360, height: int = 220, cell: int = 36, css: str = "lattice") -> Markup:
    """Draw the lattice of a card number as an SVG that takes its colour from the text around it."""
    path = lattice_path(number, width=width, height=height, cell=cell)
    return Markup(
        '<svg class="{css}" viewBox="0 0 {w} {h}" preserveAspectRatio="xMaxYMin slice" aria-hidden="true" '
        'focusable="false"><path d="{path}" fill="none" stroke="currentColor" stroke-width="10"/></svg>'
    ).format(css=css, w=width * TENTHS, h=height * TENTHS, path=path)
