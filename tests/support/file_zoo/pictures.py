"""Pictures: kinds, sizes, orientations, colours, what phones and scanners add, and what happens on the way."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from functools import cache, partial

import pillow_heif
from PIL import Image, ImageCms, ImageDraw

from tests.support.file_zoo.animal import Animal

SMALL = (400, 300)


@cache
def scene(size: tuple[int, int], mode: str) -> Image.Image:
    """Draw something like a photographed paper: a slope of light, text-like lines, a red seal."""
    paper = Image.radial_gradient("L").resize(size).point(lambda value: 255 - value // 3).convert("RGB")
    draw = ImageDraw.Draw(paper)
    width, height = size
    for line in range(12):
        top = height * (line + 2) // 18
        draw.rectangle((width // 10, top, width * (6 + line % 4) // 10, top + max(1, height // 60)), fill=(20, 20, 40))
    draw.ellipse(
        (width * 6 // 10, height * 6 // 10, width * 9 // 10, height * 9 // 10),
        outline=(200, 20, 20),
        width=max(1, width // 60),
    )
    if mode == "P":
        return paper.quantize(64)
    if mode == "I;16":
        return paper.convert("L").convert("I").point(lambda value: value * 257).convert("I;16")
    done = paper.convert(mode)
    if mode in ("RGBA", "LA"):
        done.putalpha(Image.linear_gradient("L").resize(size))
    return done


def saved(size: tuple[int, int], mode: str, kind: str, **how: object) -> bytes:
    """Return a picture as a file."""
    out = io.BytesIO()
    scene(size, mode).save(out, kind, **how)
    return out.getvalue()


def turned(orientation: int, kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Phone"
    exif.get_ifd(0x8825)[1] = "N"
    return saved(SMALL, "RGB", kind, exif=exif.tobytes())


def profiled(mode: str) -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return saved(SMALL, mode, "JPEG", icc_profile=profile, quality=95)


def several() -> bytes:
    out = io.BytesIO()
    scene(SMALL, "RGB").save(out, "MPO", save_all=True, append_images=[Image.new("RGB", SMALL, "blue")])
    return out.getvalue()


@cache
def white_scan(size: tuple[int, int], mode: str, kind: str, progressive: bool = False) -> bytes:
    """A scan or photograph of many pixels that packs well; drawn small and enlarged without much memory."""
    out = io.BytesIO()
    big = scene((1000, 750), mode if mode != "1" else "L").resize(size, Image.Resampling.NEAREST)
    if mode == "1":
        big = big.convert("1", dither=Image.Dither.NONE)
    if kind == "JPEG":
        big.save(out, kind, quality=60, progressive=progressive)
    else:
        big.save(out, kind, compress_level=6)
    return out.getvalue()


def heic(size: tuple[int, int] = SMALL, count: int = 1, mode: str = "RGB", **how: object) -> bytes:
    out = io.BytesIO()
    file = pillow_heif.from_pillow(scene(size, mode))
    for _ in range(count - 1):
        file.add_from_pillow(Image.new("RGB", SMALL, "blue"))
    file.save(out, quality=90, **how)
    return out.getvalue()


def moving(kind: str) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    return out.getvalue()


def cut(make: Callable[[], bytes], part: float) -> bytes:
    whole = make()
    return whole[: int(len(whole) * part)]


def animals() -> Iterator[Animal]:
    """Yield the pictures."""
    yield from _kinds()
    yield from _phones()
    yield from _large()
    yield from _broken()


def _kinds() -> Iterator[Animal]:
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        yield Animal(f"png {mode}", partial(saved, SMALL, mode, "PNG"))
        yield Animal(f"png {mode} tiny", partial(saved, (3, 2), mode, "PNG"))
    for level, dpi in itertools.product((0, 9), (72, 600)):
        yield Animal(
            f"png level {level} {dpi} dpi", partial(saved, SMALL, "RGB", "PNG", compress_level=level, dpi=(dpi, dpi))
        )
    for mode, quality, progressive in itertools.product(("L", "RGB", "CMYK"), (40, 95), (False, True)):
        how = {"quality": quality, "progressive": progressive}
        yield Animal(f"jpeg {mode} q{quality} {'progressive' if progressive else 'baseline'}",
                     partial(saved, SMALL, mode, "JPEG", **how), exact=False)  # fmt: skip
    for sampling in (0, 1, 2):
        yield Animal(
            f"jpeg sampling {sampling}", partial(saved, SMALL, "RGB", "JPEG", subsampling=sampling), exact=False
        )
    for mode, lossless in itertools.product(("RGB", "RGBA"), (True, False)):
        yield Animal(f"webp {mode} {'lossless' if lossless else 'lossy'}",
                     partial(saved, SMALL, mode, "WEBP", lossless=lossless), exact=False)  # fmt: skip
    for size in ((1, 1), (1, 500), (500, 1), (17, 31), (2480, 3508)):
        for kind in ("PNG", "JPEG"):
            yield Animal(
                f"{kind.lower()} of {size[0]}x{size[1]}", partial(saved, size, "RGB", kind), exact=kind == "PNG"
            )


def _phones() -> Iterator[Animal]:
    for orientation, kind in itertools.product(range(1, 9), ("JPEG", "PNG", "WEBP")):
        yield Animal(
            f"{kind.lower()} orientation {orientation}", partial(turned, orientation, kind), exact=kind == "PNG"
        )
    for mode in ("RGB",):
        yield Animal(f"jpeg with profile {mode}", partial(profiled, mode), exact=False)
    yield Animal("jpeg of several pictures", several, exact=False)
    yield Animal("jpeg with comment", partial(saved, SMALL, "RGB", "JPEG", comment=b"<script>"), exact=False)
    yield Animal("jpeg with bytes behind", lambda: saved(SMALL, "RGB", "JPEG") + b"\0" * 300, exact=False)
    yield Animal("png with bytes behind", lambda: saved(SMALL, "RGB", "PNG") + b"<?php ?>")
    for name, make in {
        "heic": heic,
        "heic of several pictures": partial(heic, count=3),
        "heic with transparency": partial(heic, mode="RGBA"),
        "heic grey": partial(heic, mode="L"),
        "heic of 12 megapixels": partial(heic, (4032, 3024)),
    }.items():
        yield Animal(name, make, exact=False)


def _large() -> Iterator[Animal]:
    for name, size in {"12": (4000, 3000), "16": (4624, 3468), "24": (6000, 4000), "36": (7360, 4912), "48": (8064, 6048),  # noqa: E501
                       "64": (9248, 6936), "108": (12000, 9000)}.items():  # fmt: skip
        yield Animal(f"jpeg of {name} megapixels", partial(white_scan, size, "RGB", "JPEG"), exact=False)
    for name, size in {"24": (6000, 4000), "36": (7360, 4912)}.items():
        yield Animal(
            f"progressive jpeg of {name} megapixels", partial(white_scan, size, "RGB", "JPEG", True), exact=False
        )
    for mode, size in {"1": (9921, 14031), "L": (9921, 14031), "P": (7016, 9921), "RGB": (9000, 6000)}.items():
        yield Animal(f"png {mode} of {size[0]}x{size[1]}", partial(white_scan, size, mode, "PNG"), exact=False)


def _broken() -> Iterator[Animal]:
    for part in (0.3, 0.6, 0.9):
        for kind in ("JPEG", "PNG"):
            yield Animal(
                f"{kind.lower()} cut at {part}", partial(cut, partial(saved, SMALL, "RGB", kind), part), "picture_cut"
            )
        yield Animal(f"heic cut at {part}", partial(cut, heic, part), "heic_damaged")
    yield Animal("jpeg head alone", lambda: b"\xff\xd8\xff\xe0" + bytes(50), "picture_damaged")
    yield Animal("moving webp", partial(moving, "WEBP"), "moving")
    yield Animal("moving png", partial(moving, "PNG"), "moving")
    yield Animal("large heic", partial(white_heic, (9000, 6000)), "too_many_pixels")
    yield Animal("large progressive jpeg", partial(white_scan, (12000, 9000), "L", "JPEG", True), "too_many_pixels")


@cache
def white_heic(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("L", size, 255)).save(out, quality=10)
    return out.getvalue()
