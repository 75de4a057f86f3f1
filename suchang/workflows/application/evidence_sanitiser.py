"""Turn an uploaded file into a harmless one: pictures are drawn anew, PDFs are rebuilt from their pages alone.

Runs as a program of its own (standard input to standard output) with little memory and time, because parsers of foreign
files are where memory goes; it imports nothing of the house. Refusals are one sentence on standard error, exit code 3.
"""

from __future__ import annotations

import io
import resource
import sys
import warnings
import zlib
from typing import Any, Final

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
MAX_SIDE: Final = 12_000
MAX_PAGES: Final = 100
MAX_OBJECTS: Final = 20_000
MAX_UNPACKED: Final = 200 * 1024 * 1024
MEMORY: Final = 1024 * 1024 * 1024
SECONDS: Final = 20

PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
EXTENSIONS: Final = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png"}

ONLY = "Only JPEG, PNG and WebP pictures and PDF documents are taken."
PAGE_KEYS: Final = frozenset(
    {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/UserUnit", "/Group"}
)
ACTIVE_KEYS: Final = frozenset(
    {
        "/A", "/AA", "/AF", "/AcroForm", "/Annots", "/EF", "/EmbeddedFile", "/EmbeddedFiles", "/F", "/FS", "/JS",
        "/JavaScript", "/Launch", "/Metadata", "/Names", "/OPI", "/OpenAction", "/PieceInfo", "/Ref", "/RichMedia",
        "/URI", "/XFA",
    }
)  # fmt: skip
"""Keys of scripts, actions, attachments and references outwards; pages need none of them. ``/F`` in a stream's
dictionary points to an outside file (ISO 32000-1, 7.3.8)."""


class Refused(Exception):
    """The file isn't taken; the message is one sentence for its sender."""


def sanitise(data: bytes) -> tuple[str, bytes]:
    """Return the media type and the bytes of a harmless file with the same look. Raises ``Refused``."""
    if not data:
        raise Refused("The file is empty.")
    if len(data) > MAX_BYTES:
        raise Refused("The file is larger than 10 MB.")
    if data.startswith(b"%PDF-"):
        return PDF, _pdf(data)
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return _picture(data)
    raise Refused(ONLY)


def _picture(data: bytes) -> tuple[str, bytes]:
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as opened:
                _refuse_size(opened.width, opened.height, getattr(opened, "n_frames", 1))
                media = JPEG if opened.format == "JPEG" else PNG
                mode = "RGBA" if media == PNG and opened.has_transparency_data else "RGB"
                drawn = ImageOps.exif_transpose(opened).convert(mode)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("The picture has more than 40 million pixels.") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError):
        raise Refused("The picture is damaged.") from None
    # Only pixels are carried over: no profiles, comments, thumbnails or bytes behind the end.
    fresh = Image.frombytes(drawn.mode, drawn.size, drawn.tobytes())
    out = io.BytesIO()
    if media == JPEG:
        fresh.save(out, "JPEG", quality=90, optimize=True)
    else:
        fresh.save(out, "PNG")
    return media, out.getvalue()


def _refuse_size(width: int, height: int, frames: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise Refused("The picture has more than 40 million pixels.")
    if min(width, height) < 1 or frames > 1:
        raise Refused("Moving pictures are not taken.")


def _pdf(data: bytes) -> bytes:
    import pikepdf

    if b"%%EOF" not in data[-1024:] or data[data.rfind(b"%%EOF") + 5 :].strip():
        raise Refused("The PDF has something behind its end.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as source:
                if source.is_encrypted:
                    raise Refused("Encrypted PDFs are not taken; remove the password first.")
                if len(source.objects) > MAX_OBJECTS or not 1 <= len(source.pages) <= MAX_PAGES:
                    raise Refused("The PDF has no page, more than 100 pages or too many parts.")
                return _rebuilt(pikepdf, source)
    except pikepdf.PasswordError:
        raise Refused("Encrypted PDFs are not taken; remove the password first.") from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError):
        raise Refused("The PDF is damaged.") from None


def _rebuilt(pikepdf: Any, source: Any) -> bytes:
    fresh = pikepdf.new()
    for page in source.pages:
        # Before the copy, so that nothing the page refers to by a forbidden key comes along.
        for key in [key for key in page.obj if key not in PAGE_KEYS]:
            del page.obj[key]
        fresh.pages.append(page)
    unpacked = 0
    for thing in fresh.objects:
        _strip(pikepdf, thing, depth=0)
        if isinstance(thing, pikepdf.Stream):
            unpacked += _unpacked_size(pikepdf, thing)
            if unpacked > MAX_UNPACKED:
                raise Refused("The PDF unpacks to far more than it seems.")
    out = io.BytesIO()
    fresh.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, fix_metadata_version=False)
    return out.getvalue()


def _strip(pikepdf: Any, thing: Any, depth: int) -> None:
    if depth > 100:
        raise Refused("The PDF is nested too deeply.")
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        stream = isinstance(thing, pikepdf.Stream)
        for key in list(thing.keys()):
            # In a font or graphics dictionary "/F" and "/A" may be harmless names of resources; they are kept there
            # only as streams' own entries are not.
            if key in ACTIVE_KEYS and (stream or not _is_resource(pikepdf, thing[key], key)):
                del thing[key]
        for key in list(thing.keys()):
            if key != "/Parent":
                _descend(pikepdf, thing[key], depth)
    elif isinstance(thing, pikepdf.Array):
        for one in thing:
            _descend(pikepdf, one, depth)


def _is_resource(pikepdf: Any, value: Any, key: str) -> bool:
    """Tell whether a short key names a font, picture or state among resources and not a file or an action."""
    kinds = ("/Font", "/XObject", "/ExtGState", "/Pattern")
    return (
        key in ("/F", "/A") and isinstance(value, pikepdf.Dictionary | pikepdf.Stream) and value.get("/Type") in kinds
    )


def _descend(pikepdf: Any, one: Any, depth: int) -> None:
    # Indirect objects are visited by themselves.
    if isinstance(one, pikepdf.Object) and not one.is_indirect:
        _strip(pikepdf, one, depth + 1)


def _unpacked_size(pikepdf: Any, stream: Any) -> int:
    """Count what a stream unpacks to, one block at a time; chains of packers are refused."""
    named = stream.get("/Filter", [])
    filters = [str(one) for one in (named if isinstance(named, pikepdf.Array) else [named])]
    packers = [
        one for one in filters if one in ("/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/Fl", "/LZW", "/RL")
    ]
    if len(filters) > 2 or len(packers) > 1:
        raise Refused("The PDF is packed in an unusual way.")
    raw = stream.read_raw_bytes()
    if packers in (["/FlateDecode"], ["/Fl"]) and len(filters) == 1:
        size, machine = 0, zlib.decompressobj()
        while raw and size <= MAX_UNPACKED and not machine.eof:
            try:
                size += len(machine.decompress(raw, 1 << 20))
            except zlib.error:
                raise Refused("The PDF is damaged.") from None
            raw = machine.unconsumed_tail
        return size
    return len(raw) * (200 if packers else 1)


def main() -> int:
    """Sanitise standard input to standard output: one line with the media type, then the bytes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        media, clean = sanitise(sys.stdin.buffer.read(MAX_BYTES + 1))
    except Refused as refused:
        sys.stderr.write(str(refused))
        return 3
    except (MemoryError, RecursionError):
        sys.stderr.write("The file takes too much to read.")
        return 3
    sys.stdout.buffer.write(media.encode() + b"\n" + clean)
    return 0


if __name__ == "__main__":
    sys.exit(main())
