"""Draw pictures anew: only pixels are carried over, as the eye sees them, and never more of them than a page needs."""

from __future__ import annotations

import io
import warnings
from typing import Final

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from suchang.workflows.application.sanitiser import limits
from suchang.workflows.application.sanitiser.large_png import LargePng, read_reduced
from suchang.workflows.application.sanitiser.refusals import Refused

_BROKEN: Final = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError, OverflowError,
)  # fmt: skip


def redraw(data: bytes) -> tuple[str, bytes]:
    """Return media type and bytes of a JPEG, PNG or WebP drawn anew. Raises ``Refused``."""
    Image.MAX_IMAGE_PIXELS = None  # judged below, by what each kind costs
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _redrawn(data)
    except _BROKEN as error:
        raise Refused("picture_cut" if "truncated" in str(error) or _is_cut(data) else "picture_damaged") from None


def redraw_heic(data: bytes) -> tuple[str, bytes]:
    """Return media type and bytes of the main picture of a HEIC file. Raises ``Refused``."""
    import pillow_heif

    pillow_heif.options.DECODE_THREADS = 1
    try:
        opened = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)
        width, height = opened.size
        if width * height > limits.MAX_HEIC_PIXELS:
            raise Refused("too_many_pixels")
        picture = opened.to_pillow()
    except (*_BROKEN, RuntimeError):
        raise Refused("heic_damaged") from None
    media = limits.PNG if picture.has_transparency_data else limits.JPEG
    return _written(_upright(_smaller(picture)), media)


def _redrawn(data: bytes) -> tuple[str, bytes]:
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as opened:
        _refuse(opened)
        media = limits.PNG if opened.format == "PNG" or opened.has_transparency_data else limits.JPEG
        pixels = opened.width * opened.height
        if opened.format == "PNG" and pixels > limits.KEPT_PIXELS:
            large = LargePng.read(data)
            if large is not None:
                return _written(_upright(read_reduced(large, limits.KEPT_PIXELS)), media)
        if opened.format == "PNG" and pixels > limits.MAX_WHOLE_PIXELS:
            raise Refused("too_many_pixels")
        half = 1
        while pixels / half**2 > limits.MAX_WHOLE_PIXELS:
            half *= 2
        if half > 1:
            opened.draft(None, (opened.width // half, opened.height // half))
        opened.load()
        return _written(_upright(_smaller(opened)), media)


def _refuse(opened: Image.Image) -> None:
    """Refuse what would cost too much, from the head of the file alone."""
    width, height = opened.size
    most = limits.MAX_WHOLE_PIXELS if opened.format == "WEBP" else limits.MAX_PIXELS
    if opened.info.get("progressive"):
        most = limits.MAX_PROGRESSIVE_PIXELS
    if width * height > most or max(width, height) > limits.MAX_SIDE:
        raise Refused("too_many_pixels")
    # A camera's JPEG may hold several pictures, the first of which is shown; others move.
    if opened.format in ("PNG", "WEBP") and getattr(opened, "n_frames", 1) > 1:
        raise Refused("moving")


def _smaller(picture: Image.Image) -> Image.Image:
    pixels = picture.width * picture.height
    if pixels <= limits.KEPT_PIXELS:
        return picture
    part = (limits.KEPT_PIXELS / pixels) ** 0.5
    size = (max(1, int(picture.width * part)), max(1, int(picture.height * part)))
    if picture.mode in ("1", "P"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB" if picture.mode == "P" else "L")
    small = picture.resize(size, Image.Resampling.BILINEAR)
    small.info = dict(picture.info)
    exif = picture.getexif()
    small.getexif().update({0x0112: exif[0x0112]} if 0x0112 in exif else {})
    return small


def _upright(picture: Image.Image) -> Image.Image:
    """Turn a picture as its camera was held, in the colours of a screen."""
    turned = ImageOps.exif_transpose(picture)
    if turned.mode in ("I;16", "I;16B", "I;16L", "I"):
        turned = turned.convert("I").point(lambda value: value / 257.0, "F").convert("L")
    profile = picture.info.get("icc_profile")
    if profile and turned.mode in ("RGB", "CMYK"):
        turned = _in_screen_colours(turned, profile)
    if turned.mode == "L":
        return turned
    return turned.convert("RGBA" if turned.has_transparency_data else "RGB")


def _in_screen_colours(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        done = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return done if done is not None else picture


def _written(drawn: Image.Image, media: str) -> tuple[str, bytes]:
    # Only pixels are carried over: no profiles, comments, thumbnails or bytes behind the end.
    fresh = Image.new(drawn.mode, drawn.size)
    fresh.paste(drawn)
    drawn.close()
    out = io.BytesIO()
    if media == limits.PNG:
        fresh.save(out, "PNG")
        if fresh.mode == "RGBA" or out.tell() <= limits.MAX_PNG_BYTES:
            return media, out.getvalue()
        out = io.BytesIO()
    fresh.save(out, "JPEG", quality=90)
    return limits.JPEG, out.getvalue()


def _is_cut(data: bytes) -> bool:
    """Tell whether a file lacks the end that its kind has."""
    if data.startswith(b"\x89PNG"):
        return b"IEND" not in data[-64:] and b"IDAT" in data
    if data.startswith(b"RIFF"):
        return int.from_bytes(data[4:8], "little") + 8 > len(data)
    return b"\xff\xd9" not in data[-64:] and len(data) > 200
