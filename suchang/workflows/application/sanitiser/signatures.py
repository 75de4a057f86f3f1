"""Check the electronic signatures of a PDF before it is rebuilt: afterwards there is nothing left to check."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

Verdict = Literal["trusted", "unknown_signer", "changed_after", "broken", "not_checkable"]
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Signature:
    """What was found about one signature.

    trusted         whole, unchanged since, by somebody whose issuer this office believes
    unknown_signer  whole and unchanged since, but the issuer of the certificate isn't known here
    changed_after   whole, but the document was changed afterwards
    broken          the content or the signature was altered
    not_checkable   made in a way that can't be checked here, such as SM2 with SM3
    """

    verdict: Verdict
    signer: str
    issuer: str
    signed_at: str | None
    algorithm: str


def check_signatures(data: bytes, trusted: Path | None) -> tuple[Signature, ...]:
    """Return what is found about each signature, oldest first; a document without any costs nothing."""
    if b"/ByteRange" not in data:
        return ()
    from pyhanko.pdf_utils.reader import PdfFileReader

    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            reader = PdfFileReader(io.BytesIO(data[max(0, data.find(b"%PDF-")) :]), strict=False)
            if reader.encrypted:
                reader.decrypt("")
            found = reader.embedded_regular_signatures[:MOST]
        except Exception:  # noqa: BLE001 - a file that this parser can't read; the other one says whether it is taken
            return (Signature("not_checkable", "", "", None, ""),)
        names = frozenset(one.field_name for one in found)
        return tuple(_checked(one, _roots(trusted), names) for one in found)


def _roots(folder: Path | None) -> Sequence[Any]:
    from pyhanko.keys import load_cert_from_pemder

    if folder is None or not folder.is_dir():
        return ()
    files = sorted(one for one in folder.iterdir() if one.suffix.lower() in (".pem", ".crt", ".cer", ".der"))
    return [
        load_cert_from_pemder(str(one))  # type: ignore[no-untyped-call]
        for one in files
    ]


def _checked(embedded: Any, roots: Sequence[Any], names: frozenset[str]) -> Signature:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    try:
        certificate = embedded.signer_cert
        who, by = _common_name(certificate.subject), _common_name(certificate.issuer)
    except Exception:  # noqa: BLE001 - a certificate of no known form
        who = by = ""
    said = embedded.self_reported_timestamp if who else None
    when = said.isoformat() if said is not None else None
    try:
        context = ValidationContext(trust_roots=list(roots), allow_fetching=False)
        status = validate_pdf_signature(embedded, context)
    except Exception:  # noqa: BLE001 - whatever this parser can't do is told as such
        return Signature("not_checkable", who, by, when, "")
    algorithm = f"{status.pkcs7_signature_mechanism} {status.md_algorithm}"
    return Signature(_verdict(status, names), who, by, when, algorithm)


def _verdict(status: Any, names: frozenset[str]) -> Verdict:
    from pyhanko.sign.diff_analysis import ModificationLevel

    if not (status.intact and status.valid):
        return "broken"
    level = status.modification_level or ModificationLevel.NONE
    # Signing again and adding proof of time leave what was signed as it was; entries filled in and notes don't.
    signed_again = level == ModificationLevel.FORM_FILLING and status.diff_result.changed_form_fields <= names
    if level.value > ModificationLevel.LTA_UPDATES.value and not signed_again:
        return "changed_after"
    return "trusted" if status.trusted else "unknown_signer"


def _common_name(name: Any) -> str:
    known = name.native
    text = known.get("common_name") or known.get("organization_name") or name.human_friendly
    return str(text[0] if isinstance(text, list) else text)[:200]
