# ruff: noqa: E501 - one animal a line
"""PDFs as common makers write them, and what is done to them afterwards: locks, seals, forms, damage."""

from __future__ import annotations

import io
import itertools
import warnings
import zlib
from base64 import a85encode
from collections.abc import Callable, Iterator
from functools import partial

import fpdf
import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from tests.support.file_zoo.animal import Animal
from tests.support.file_zoo.pictures import scene

TEXT = "Labour contract 0123456789"
Change = Callable[[pikepdf.Pdf], None]


def by_fpdf(pages: int = 1, **how: bool) -> bytes:
    pdf = fpdf.FPDF()
    pdf.set_compression(how.get("compress", True))
    for number in range(pages):
        pdf.add_page()
        pdf.set_font("Helvetica", size=16)
        pdf.cell(0, 10, f"{TEXT} {number}")
        pdf.line(10, 40, 120, 80)
        if how.get("picture"):
            pdf.image(scene((400, 300), "RGBA" if how.get("alpha") else "RGB"), 20, 90, 80, 60)
        if how.get("link"):
            pdf.cell(0, 10, "link", link="https://example.org")
    return bytes(pdf.output())


def by_reportlab(pages: int = 1, **how: object) -> bytes:
    out = io.BytesIO()
    drawn = canvas.Canvas(out, pagesize=A4, pageCompression=int(bool(how.get("compress", True))), invariant=1)
    for number in range(pages):
        drawn.drawString(72, 700, f"{TEXT} {number}")
        drawn.circle(300, 500, 60, fill=0)
        if how.get("picture"):
            drawn.drawImage(ImageReader(scene((400, 300), "RGB")), 72, 200, 200, 150)
        if how.get("form"):
            form = drawn.acroForm
            form.textfield(name=f"who{number}", x=72, y=600, width=200, height=24, value="Zhang San")
            form.checkbox(name=f"yes{number}", x=72, y=560, checked=True)
            form.choice(name=f"one{number}", x=72, y=520, width=120, height=24, options=["A", "B"], value="B")
            form.radio(name=f"of{number}", value="v", selected=True, x=72, y=480)
            form.radio(name=f"of{number}", value="w", x=112, y=480)
        drawn.showPage()
    drawn.save()
    return out.getvalue()


def by_pillow(kind: str, mode: str) -> bytes:
    out = io.BytesIO()
    scene((600, 400), mode).save(out, "PDF", resolution=150, **({"quality": 80} if kind == "jpeg" else {}))
    return out.getvalue()


def by_pdfium() -> bytes:
    document = pypdfium2.PdfDocument(by_fpdf(2))
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def again(make: Callable[[], bytes], change: Change | None = None, **save: object) -> bytes:
    """Open a file, change it, and save it in some way."""
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pikepdf.open(io.BytesIO(make())) as opened:
            if change is not None:
                change(opened)
            opened.save(out, **save)
    return out.getvalue()


def seal(document: pikepdf.Pdf, size: int = 120) -> pikepdf.Object:
    """Draw a round red seal, as an appearance of an annotation."""
    ring = f"q 0.8 0.1 0.1 RG 6 w {size / 10} {size / 10} {size * 0.8} {size * 0.8} re S 1 0 0 rg 40 40 30 30 re f Q"
    return document.make_stream(
        ring.encode(), Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, size, size], Resources=Dictionary()
    )


def stamped(
    document: pikepdf.Pdf,
    *,
    subtype: str,
    flags: int = 4,
    matrix: bool = False,
    rect: tuple[int, ...] = (300, 300, 420, 420),
) -> None:
    look = seal(document)
    if matrix:
        look["/Matrix"] = Array([0, 1, -1, 0, 0, 0])
    one = Dictionary(Type=Name.Annot, Subtype=Name("/" + subtype), Rect=list(rect), F=flags, AP=Dictionary(N=look))
    if subtype == "Widget":
        one["/FT"], one["/T"] = Name.Sig, pikepdf.String("seal")
        document.Root.AcroForm = Dictionary(Fields=Array([]))
    page = document.pages[0].obj
    page.Annots = document.make_indirect(Array([document.make_indirect(one)]))


def widget_states(document: pikepdf.Pdf) -> None:
    on, off = seal(document), document.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
    states = document.make_indirect(Dictionary(On=on, Off=off))
    boxes = [
        document.make_indirect(
            Dictionary(
                Type=Name.Annot, Subtype=Name.Widget, FT=Name.Btn, T=pikepdf.String(f"b{place}"), F=4,
                Rect=[100 + place * 130, 300, 220 + place * 130, 420], AS=Name("/On" if place else "/Off"),
                AP=Dictionary(N=states),
            )
        )
        for place in (0, 1)
    ]  # fmt: skip
    document.Root.AcroForm = Dictionary(Fields=Array(boxes))
    document.pages[0].obj.Annots = Array(boxes)


def rotated(document: pikepdf.Pdf, angle: int, *, sealed: bool) -> None:
    if sealed:
        stamped(document, subtype="Stamp")
    document.pages[0].obj["/Rotate"] = angle


def boxes(document: pikepdf.Pdf) -> None:
    page = document.pages[0].obj
    page.CropBox = Array([50, 50, 500, 700])
    page.UserUnit = 2


def inherited(document: pikepdf.Pdf) -> None:
    """Put what a page needs on its parent."""
    page, root = document.pages[0].obj, document.Root.Pages
    for key in ("/MediaBox", "/Resources"):
        root[key] = page[key]
        del page[key]


def layers(document: pikepdf.Pdf) -> None:
    """Draw on a layer that is switched off, and on one that is on."""
    off, on = (document.make_indirect(Dictionary(Type=Name.OCG, Name=pikepdf.String(word))) for word in ("off", "on"))
    document.Root.OCProperties = Dictionary(
        OCGs=Array([off, on]), D=Dictionary(OFF=Array([off]), Order=Array([off, on]))
    )
    page = document.pages[0]
    page.obj.Resources["/Properties"] = Dictionary(Hidden=off, Shown=on)
    page.contents_add(b"/OC /Hidden BDC 0 0 400 400 re f EMC /OC /Shown BDC 1 0 0 rg 400 400 50 50 re f EMC")


def odd_names(document: pikepdf.Pdf) -> None:
    """Call fonts, pictures and letters by names that elsewhere are actions and files."""
    page = document.pages[0]
    made = seal(document)
    del made["/Type"]
    page.obj.Resources["/XObject"] = document.make_indirect(
        Dictionary({"/A": made, "/F": made, "/JS": made, "/Names": made})
    )
    page.contents_add(
        b"q /A Do Q q 1 0 0 1 200 0 cm /F Do Q q 1 0 0 1 0 300 cm /JS Do Q q 1 0 0 1 200 500 cm /Names Do Q"
    )


def letters(document: pikepdf.Pdf) -> None:
    """Write with a Type 3 font whose letters are called A and F."""
    glyph = document.make_stream(b"600 0 0 0 500 700 d1 0 0 500 700 re f")
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type3, FontBBox=[0, 0, 600, 700], FontMatrix=[0.001, 0, 0, 0.001, 0, 0], FirstChar=65,
        LastChar=70, Widths=[600] * 6, CharProcs=Dictionary(A=glyph, F=glyph), Resources=Dictionary(),
        Encoding=Dictionary(Type=Name.Encoding, Differences=[65, Name.A, 70, Name.F]),
    )  # fmt: skip
    document.pages[0].obj.Resources["/Font"]["/T3"] = document.make_indirect(font)
    document.pages[0].contents_add(b"BT /T3 60 Tf 100 400 Td (AFAF) Tj ET")


def needs_looks(document: pikepdf.Pdf, value: str, *, drop: bool = True) -> None:
    """Fill in a form as programs do that leave the drawing to the reader."""
    field = document.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=pikepdf.String("name"), V=pikepdf.String(value), F=4,
            Rect=[100, 300, 400, 330], DA=pikepdf.String("/Helv 12 Tf 0 g"),
        )
    )  # fmt: skip
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    document.Root.AcroForm = Dictionary(
        Fields=Array([field]),
        NeedAppearances=drop,
        DR=Dictionary(Font=Dictionary(Helv=font)),
        DA=pikepdf.String("/Helv 12 Tf 0 g"),
    )
    document.pages[0].obj.Annots = Array([field])


def actions(document: pikepdf.Pdf) -> None:
    script = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    document.Root.OpenAction = document.make_indirect(script)
    document.attachments["data.xml"] = b"<invoice/>"
    document.pages[0].obj.AA = Dictionary(O=script)


def filtered(kind: str) -> bytes:
    """Pack a page's content in one of the ways of the format."""
    content = b"1 0 0 rg 100 100 300 300 re f 0 0 1 rg 200 450 90 90 re f\n" * 40
    packed, names = {
        "none": (content, []),
        "ascii85": (a85encode(content) + b"~>", ["/ASCII85Decode"]),
        "hex": (content.hex().encode() + b">", ["/ASCIIHexDecode"]),
        "flate": (zlib.compress(content), ["/FlateDecode"]),
        "ascii85 flate": (a85encode(zlib.compress(content)) + b"~>", ["/ASCII85Decode", "/FlateDecode"]),
        "hex flate": (zlib.compress(content).hex().encode() + b">", ["/ASCIIHexDecode", "/FlateDecode"]),
        "runlength": (b"".join(bytes([len(content[i : i + 128]) - 1]) + content[i : i + 128] for i in range(0, len(content), 128)) + b"\x80", ["/RunLengthDecode"]),
        "lzw": (lzw(content), ["/LZWDecode"]),
        "ascii85 lzw": (a85encode(lzw(content)) + b"~>", ["/ASCII85Decode", "/LZWDecode"]),
    }[kind]  # fmt: skip

    def change(document: pikepdf.Pdf) -> None:
        stream = pikepdf.Stream(document, packed)
        if names:
            stream["/Filter"] = Array([Name(name) for name in names])
        document.pages[0].obj.Contents = document.make_indirect(stream)

    return again(by_fpdf, change, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def lzw(data: bytes) -> bytes:
    """Pack by LZW in the simplest way: literals alone, the table cleared before it grows wider."""
    codes = [code for start in range(0, len(data), 200) for code in (256, *data[start : start + 200])] + [257]
    bits = "".join(f"{code:09b}" for code in codes)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def damaged(kind: str) -> bytes:
    data = by_reportlab(2)
    place = data.rfind(b"startxref")
    return {
        "wrong startxref": data[:place] + b"startxref\n12345\n%%EOF\n",
        "no startxref": data[:place],
        "cut after xref": data[: data.rfind(b"trailer")] + b"%%EOF",
        "bytes behind": data + b"\r\n<!-- downloaded -->\r\n" + bytes(200),
        "html behind": data + b"<html><script>alert(1)</script></html>",
        "bytes before": b"\r\n\r\n" + data,
        "header before": b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n" + data,
        "bom before": b"\xef\xbb\xbf" + data,
        "carriage returns": data.replace(b"%%EOF\n", b"%%EOF\r\r\r\n"),
        "two ends": data + b"%%EOF\n",
        "no end of file mark": data.replace(b"%%EOF", b""),
        "zeros behind": data + bytes(5000),
        "shifted offsets": data.replace(b"%PDF-1.", b"%PDF-1.4 \n%PDF-1.", 1),
    }[kind]


DAMAGES = ("wrong startxref", "no startxref", "cut after xref", "bytes behind", "html behind", "bytes before", "header before",
           "bom before", "carriage returns", "two ends", "no end of file mark", "zeros behind", "shifted offsets")  # fmt: skip


def bomb() -> bytes:
    packed = zlib.compress(bytes(250 * 1024 * 1024), 9)

    def stuff(made: pikepdf.Pdf) -> None:
        made.pages[0].obj.Contents = pikepdf.Stream(made, packed, Filter=Name.FlateDecode)

    return again(by_fpdf, stuff, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def animals() -> Iterator[Animal]:
    """Yield the documents."""
    yield from _makers()
    yield from _saved()
    yield from _drawn_upon()
    for kind in ("none", "ascii85", "hex", "flate", "ascii85 flate", "hex flate", "runlength", "lzw", "ascii85 lzw"):
        yield Animal(f"pdf packed by {kind}", partial(filtered, kind))
    for kind in DAMAGES:
        # The reader of the comparison opens all of these but one.
        yield Animal(f"pdf with {kind}", partial(damaged, kind), exact=kind != "cut after xref")
    lock = partial(pikepdf.Encryption, owner="boss")
    yield Animal("pdf with password", partial(again, by_fpdf, encryption=lock(user="secret")), "pdf_password")
    yield Animal("pdf without page", partial(again, by_fpdf, lambda made: made.pages.__delitem__(0)), "pdf_no_page")
    yield Animal("pdf of 501 pages", partial(by_fpdf, 501), "pdf_many_pages")
    yield Animal("pdf bomb", bomb, "pdf_bomb")
    yield Animal("pdf cut", lambda: by_reportlab(2)[:300], "pdf_cut")
    yield Animal("pdf of nothing", lambda: b"%PDF-1.7\nnothing\n%%EOF", "pdf_damaged")


def _makers() -> Iterator[Animal]:
    for compress, picture, pages in itertools.product((True, False), (True, False), (1, 3)):
        words = f"{'packed' if compress else 'plain'} {'picture ' if picture else ''}{pages} pages"
        yield Animal(f"fpdf {words}", partial(by_fpdf, pages, compress=compress, picture=picture))
        yield Animal(f"reportlab {words}", partial(by_reportlab, pages, compress=compress, picture=picture))
    yield Animal("fpdf transparent picture", partial(by_fpdf, picture=True, alpha=True))
    yield Animal("fpdf links", partial(by_fpdf, link=True))
    yield Animal("fpdf 120 pages", partial(by_fpdf, 120))
    yield Animal("reportlab form", partial(by_reportlab, form=True))
    yield Animal("reportlab forms on 3 pages", partial(by_reportlab, 3, form=True))
    for mode in ("1", "L", "RGB", "CMYK", "P", "RGBA"):
        yield Animal(f"pillow scan {mode}", partial(by_pillow, "any", mode))
    yield Animal("pdfium", by_pdfium)


def _saved() -> Iterator[Animal]:
    for name, make in {"fpdf": by_fpdf, "reportlab": by_reportlab}.items():
        yield Animal(
            f"{name} object streams", partial(again, make, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        )
        yield Animal(f"{name} linearised", partial(again, make, linearize=True))
        yield Animal(f"{name} qdf", partial(again, make, qdf=True))
        yield Animal(f"{name} version 2.0", partial(again, make, force_version="2.0"))
        for strength in (2, 3, 4, 6):
            lock = pikepdf.Encryption(
                owner="boss", user="", R=strength, **({"aes": False, "metadata": False} if strength < 4 else {})
            )
            yield Animal(f"{name} owner's password R{strength}", partial(again, make, encryption=lock))


def _drawn_upon() -> Iterator[Animal]:
    for subtype, matrix in itertools.product(("Stamp", "Widget", "FreeText", "Square", "Ink"), (False, True)):
        change = partial(stamped, subtype=subtype, matrix=matrix)
        yield Animal(f"seal as {subtype}{' turned' if matrix else ''}", partial(again, by_fpdf, change))
    for flags, name in ((0, "no flag"), (4, "print"), (2, "hidden"), (32, "no view"), (64 + 4, "read only")):
        yield Animal(f"seal with {name}", partial(again, by_fpdf, partial(stamped, subtype="Stamp", flags=flags)))
    yield Animal("seal stretched", partial(again, by_fpdf, partial(stamped, subtype="Stamp", rect=(50, 300, 500, 350))))
    for angle, sealed in itertools.product((90, 180, 270), (False, True)):
        yield Animal(
            f"page turned by {angle}{' sealed' if sealed else ''}",
            partial(again, by_fpdf, partial(rotated, angle=angle, sealed=sealed)),
        )
    for name, change in {"boxes": boxes, "inherited": inherited, "layers": layers, "odd names": odd_names, "letters": letters,
                         "check boxes": widget_states, "actions": actions}.items():  # fmt: skip
        yield Animal(f"pdf with {name}", partial(again, by_fpdf, change))
    yield Animal(
        "form without looks",
        partial(again, by_fpdf, partial(needs_looks, value="Zhang San")),
        exact=False,
        seen="Zhang San",
    )
    yield Animal(
        "form in Chinese without looks",
        partial(again, by_fpdf, partial(needs_looks, value="张三")),
        exact=False,
        seen="张三",
    )
    yield Animal(
        "form in Chinese never drawn",
        partial(again, by_fpdf, partial(needs_looks, value="李四", drop=False)),
        exact=False,
        seen="李四",
    )
