"""The printed card: A4 in PDF with one card to cut out, and the card alone in PNG.

The card has the size of a bank card (ISO/IEC 7810 ID-1), the code is at level Q so that it survives folds and stains. A
print can be copied, so it says that the desk looks at an identity document.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import qrcode
from qrcode.util import MODE_ALPHA_NUM, QRData

from suchang.credentials.print.canvas import Box, Canvas, Font, PdfCanvas, PngCanvas, polylines
from suchang.credentials.print.fonts import FontShelf
from suchang.credentials.print.lattice import TENTHS, lattice_path
from suchang.domain.clock import local_date
from suchang.domain.vocabulary import Relation

WIDTH, HEIGHT, RADIUS = 85.60, 53.98, 3.18
PRINT_VERSION = 16
"""The QR version (81 modules) that printed credentials fit into at level Q; a longer one takes the next."""

_MARGIN = 4
_LATTICE = (420, 265, 38)
_DARK, _DEEP, _CELADON, _PALE, _WHITE = "#2b6a5d", "#143c33", "#35705f", "#d3e5dc", "#ffffff"
_INK, _INK_2 = "#17211d", "#4a5750"
_RELATIONS = {
    Relation.SPOUSE: ("配偶", "Spouse"),
    Relation.CHILD: ("子女", "Child"),
    Relation.PARENT: ("父母", "Parent"),
}
_DOCUMENT = ("核验时请出示身份证件", "Show an identity document with this code")
_SHEET = (
    ("苏畅卡 纸质卡", "Su Chang Card, printed card"),
    (
        "沿虚线剪下。打印时请选择“实际大小”（100%）。",
        "Cut along the dashed line. Print at actual size (100 %).",
    ),
    (
        "纸质卡可被复制，因此核验方会同时查看身份证件；部分权益只接受手机出示码。",
        "A print can be copied, so desks also look at an identity document; some benefits take the phone's code only.",
    ),
    (
        "遗失后请在“我的苏畅卡”挂失，本码随即失效；再次打印会得到新的码。",
        "If it is lost, report it in My Su Chang Card: this code then stops working. A new print has a new code.",
    ),
)


@dataclass(frozen=True, slots=True)
class CardFace:
    """What is printed: the masked name, the tier, the kind of card in both languages, and the QR text."""

    number: str
    name: str
    tier: str
    kind: tuple[str, str]
    valid_until: date
    code: str
    relation: Relation | None = None


def card_pdf(face: CardFace, fonts: FontShelf, made: datetime) -> bytes:
    """Print a sheet of A4 with one card. Raises ``Unavailable`` when the font is not installed."""
    canvas = PdfCanvas(_fonts(face, fonts), "苏畅卡 Su Chang Card", made)
    left, top = (210 - WIDTH) / 2, 62.0
    (title, title_en), *notes = _SHEET
    canvas.text((105, 34), 7.4, title, _INK, font="bold", align="centre")
    canvas.text((105, 42), 4, title_en, _INK_2, align="centre")
    _draw_card(canvas, face, left, top)
    canvas.dashes((left - 1, top - 1, WIDTH + 2, HEIGHT + 2), RADIUS + 1, _INK_2)
    place = top + HEIGHT + 20
    for chinese, english in notes:
        canvas.text((105, place), 3.9, chinese, _INK, align="centre")
        canvas.text((105, place + 5.4), 3.1, english, _INK_2, align="centre")
        place += 16
    printed = local_date(made).isoformat()
    canvas.text((105, 280), 3, f"打印于 Printed {printed}", _INK_2, align="centre")
    return canvas.bytes()


def card_png(face: CardFace, fonts: FontShelf, *, dpi: int = 600) -> bytes:
    """Draw the card alone, corners transparent. Raises ``Unavailable`` when the font is not installed."""
    canvas = PngCanvas(_fonts(face, fonts), (WIDTH, HEIGHT), dpi)
    _draw_card(canvas, face, 0, 0)
    return canvas.bytes()


def qr_modules(text: str) -> list[list[bool]]:
    """Return the modules of a printed code, row by row, with the margin that readers need."""
    code = qrcode.QRCode(version=PRINT_VERSION, error_correction=qrcode.constants.ERROR_CORRECT_Q, border=_MARGIN)
    code.add_data(QRData(text.encode("ascii"), mode=MODE_ALPHA_NUM))
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def _draw_card(canvas: Canvas, face: CardFace, left: float, top: float) -> None:
    canvas.panel((left, top, WIDTH, HEIGHT), RADIUS, _DARK, _DEEP)
    width, height, cell = _LATTICE
    path = lattice_path(face.number, width=width, height=height, cell=cell)
    lines = [[(left + x, top + y) for x, y in line] for line in polylines(path, WIDTH / width / TENTHS)]
    canvas.strokes(lines, (left + 1.2, top + 1.2, WIDTH - 2.4, HEIGHT - 2.4), 0.12, _CELADON)
    side = 43.6
    box: Box = (left + WIDTH - side - 3.4, top + 3.4, side, side)
    canvas.panel(box, 2, _WHITE, _WHITE)
    inset = 0.8
    label = f"二维码 QR code, {face.number}"
    canvas.code(qr_modules(face.code), (box[0] + inset, box[1] + inset, side - 2 * inset, side - 2 * inset), label)
    _draw_words(canvas, face, left + 4.6, top)
    canvas.text((left + WIDTH - 3.4 - side / 2, top + HEIGHT - 2.5), 2.15, _DOCUMENT[1], _PALE, align="centre")
    canvas.text((left + 4.6, top + HEIGHT - 2.5), 2.6, _DOCUMENT[0], _PALE)


def _draw_words(canvas: Canvas, face: CardFace, left: float, top: float) -> None:
    canvas.text((left, top + 8.4), 4.8, "苏畅卡", _WHITE, font="bold")
    canvas.text((left + 16, top + 8.4), 2.5, "Su Chang Card", _PALE)
    canvas.text((left, top + 13.6), 2.6, face.kind[0], _PALE)
    canvas.text((left, top + 16.9), 2.1, face.kind[1], _PALE)
    canvas.text((left, top + 26.2), 6.2, face.name, _WHITE, font="name")
    if face.relation is not None:
        chinese, english = _RELATIONS[face.relation]
        canvas.text((left, top + 30.2), 2.3, f"持卡人{chinese} {english}", _PALE)
    canvas.text((left, top + 39.6), 8, face.tier, _WHITE)
    after = left + 3 + 5.2 * len(face.tier)
    canvas.text((after, top + 36.2), 2.1, "有效至 Valid until", _PALE)
    canvas.text((after, top + 39.6), 2.9, face.valid_until.isoformat(), _WHITE, font="bold")
    canvas.text((left, top + 45.8), 2.7, grouped(face.number), _WHITE)


def grouped(number: str) -> str:
    """Write a card number as its two letters and groups of four: ``SC 7Q4M 2K9T X3HD``."""
    rest = number[2:]
    return " ".join([number[:2], *(rest[i : i + 4] for i in range(0, len(rest), 4))])


def _fonts(face: CardFace, fonts: FontShelf) -> dict[Font, Path]:
    """Cut two weights for every word that may be on a sheet, which is done once, and the name on its own."""
    words = (
        *(text for pair in (*_SHEET, *_RELATIONS.values(), _DOCUMENT, face.kind) for text in pair),
        "苏畅卡持卡人有效至打印于",
        "".join(map(chr, range(0x20, 0x7F))),
    )
    text = "".join(words)
    return {"plain": fonts.subset(text, 400), "bold": fonts.subset(text, 700), "name": fonts.subset(face.name, 700)}
