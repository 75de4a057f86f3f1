"""Rebuild a PDF from its pages: what is seen stays, to the pixel, and nothing that could act."""

from __future__ import annotations

import io
import warnings
from typing import Any, Final

import pikepdf

from suchang.workflows.application.sanitiser import limits
from suchang.workflows.application.sanitiser.form_entries import draw_entries
from suchang.workflows.application.sanitiser.pdf_parts import strip, unpacked_size
from suchang.workflows.application.sanitiser.refusals import Refused

_PAGE_KEYS: Final = frozenset(
    {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/UserUnit", "/Group"}
)
_LAYER_KEYS: Final = ("/OCGs", "/D")


def rebuild_pdf(data: bytes) -> bytes:
    """Return a PDF with the pages of another, and what was written or stamped on them. Raises ``Refused``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # An owner's password alone forbids printing or changing; it opens with none.
            with pikepdf.open(io.BytesIO(data)) as source:
                if len(source.objects) > limits.MAX_OBJECTS:
                    raise Refused("pdf_many_parts")
                if len(source.pages) > limits.MAX_PAGES:
                    raise Refused("pdf_many_pages")
                if not len(source.pages):
                    raise Refused("pdf_no_page")
                return _rebuilt(source)
    except pikepdf.PasswordError:
        raise Refused("pdf_password") from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, AttributeError, IndexError) as error:
        if b"/Adobe.PubSec" in data or "security handler" in str(error) or "/Filter/Adobe.PubSec" in str(error):
            raise Refused("pdf_certificate") from None
        raise Refused("pdf_damaged" if b"%%EOF" in data[-2048:] else "pdf_cut") from None


def _rebuilt(source: pikepdf.Pdf) -> bytes:
    draw_entries(source)
    source.flatten_annotations("screen")
    fresh = pikepdf.new()
    for page in source.pages:
        # Before the copy, so that nothing the page refers to by a forbidden key comes along.
        for key in [key for key in page.obj.keys() if key not in _PAGE_KEYS]:  # noqa: SIM118 - not a mapping
            del page.obj[key]
        fresh.pages.append(page)
    _keep_layers(source, fresh)
    strip(fresh)
    _refuse_bombs(fresh)
    out = io.BytesIO()
    fresh.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, fix_metadata_version=False)
    return out.getvalue()


def _keep_layers(source: pikepdf.Pdf, fresh: pikepdf.Pdf) -> None:
    """Copy which layers are hidden; without that, all of them would be seen."""
    layers: Any = source.Root.get("/OCProperties")
    if not isinstance(layers, pikepdf.Dictionary):
        return
    kept = pikepdf.Dictionary({key: layers[key] for key in _LAYER_KEYS if key in layers})
    fresh.Root["/OCProperties"] = fresh.copy_foreign(source.make_indirect(kept))


def _refuse_bombs(fresh: pikepdf.Pdf) -> None:
    unpacked = 0
    for thing in fresh.objects:
        if isinstance(thing, pikepdf.Stream):
            unpacked += unpacked_size(thing)
            if unpacked > limits.MAX_UNPACKED:
                raise Refused("pdf_bomb")
