"""The code for paper: a QR picture at level Q, drawn as SVG on the server."""

from __future__ import annotations

import qrcode
from markupsafe import Markup


def paper_code(presentation: str, label: str) -> Markup:
    """Draw the presentation of a printed credential; dark on white with the margin that readers need."""
    picture = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=4)
    picture.add_data(presentation)
    picture.make(fit=True)
    dots = picture.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, line in enumerate(dots) for x, dark in enumerate(line) if dark)
    return Markup(
        '<svg viewBox="0 0 {n} {n}" shape-rendering="crispEdges" role="img" aria-label="{label}" '
        'data-text="{text}"><path fill="#fff" d="M0 0h{n}v{n}H0z"/><path fill="#000" d="{path}"/></svg>'
    ).format(n=len(dots), label=label, text=presentation, path=path)
