"""Electronically signed PDFs, made with certificates of an office that doesn't exist."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from tests.support.file_zoo.animal import Animal
from tests.support.file_zoo.documents import by_fpdf, by_reportlab


@cache
def certificate(kind: str) -> tuple[bytes, bytes]:
    """Return a key and a self-signed certificate in DER."""
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"电子印章 {kind}")])
    begin = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(begin).not_valid_after(begin + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(True, True, False, False, False, True, True, False, False), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, made.public_bytes(serialization.Encoding.DER)


def trust(folder: Path, kind: str) -> None:
    """Believe one of these certificates."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{kind}.der").write_bytes(certificate(kind)[1])


def _signer(kind: str) -> signers.SimpleSigner:
    from asn1crypto import keys
    from asn1crypto import x509 as asn1_x509
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    private, public = certificate(kind)
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(public),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )


def signed(make, *, kind: str = "rsa", visible: bool = True, field: str = "Seal", **meta: object) -> bytes:
    """Sign a file, with the look of a seal on its first page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(make()), strict=False)
    box = (300, 100, 450, 180) if visible else None
    fields.append_signature_field(writer, fields.SigFieldSpec(field, box=box, on_page=0))
    details = signers.PdfSignatureMetadata(field_name=field, reason="sealed", **meta)
    return signers.PdfSigner(details, signer=_signer(kind)).sign_pdf(writer).getvalue()


def twice() -> bytes:
    return signed(partial(signed, by_reportlab), field="Second", kind="ec")


def changed_after() -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed(by_fpdf)), strict=False)
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(180)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def tampered() -> bytes:
    """Change one digit of what was signed."""
    data = signed(partial(by_fpdf, compress=False))
    assert b"0123456789" in data
    return data.replace(b"0123456789", b"0123456780", 1)


def national_algorithm() -> bytes:
    """Name the algorithms of GM/T 0003 and 0004, as certificates of Chinese offices do."""
    import base64

    sm2_sm3 = base64.b16decode("2A811CCF55018375"), base64.b16decode("2A811CCF550183FF")
    data = signed(by_fpdf, kind="ec")
    start, end = data.find(b"/Contents <") + 11, 0
    end = data.find(b">", start)
    body = bytes.fromhex(data[start:end].decode())
    plain = bytes.fromhex("2A8648CE3D040302")  # ecdsa-with-SHA256
    body = body.replace(plain, sm2_sm3[0])
    return data[:start] + body.hex().encode()[: end - start].ljust(end - start, b"0") + data[end:]


def animals() -> Iterator[Animal]:
    """Yield signed files with what is to be found."""
    for kind in ("rsa", "ec"):
        for visible in (True, False):
            yield Animal(
                f"signed {kind} {'seen' if visible else 'unseen'}",
                partial(signed, by_fpdf, kind=kind, visible=visible),
                verdicts=("unknown_signer",),
            )
    yield Animal("signed form", partial(signed, partial(by_reportlab, form=True)), verdicts=("unknown_signer",))
    yield Animal(
        "signed with time of the signer",
        partial(signed, by_reportlab, location="Nanjing"),
        verdicts=("unknown_signer",),
    )
    yield Animal("certified", partial(signed, by_fpdf, certify=True), verdicts=("unknown_signer",))
    yield Animal("signed twice", twice, verdicts=("unknown_signer", "unknown_signer"))
    yield Animal("signed and changed", changed_after, verdicts=("changed_after",))
    yield Animal("signed and tampered", tampered, verdicts=("broken",))
    yield Animal("signed by a national algorithm", national_algorithm, verdicts=("not_checkable",))
    yield Animal("signed with bytes behind", lambda: signed(by_fpdf) + b"\r\n", verdicts=("unknown_signer",))
    yield Animal("signed and linearised", partial(signed, _linear), verdicts=("unknown_signer",))


def _linear() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(by_fpdf())) as opened:
        opened.save(out, linearize=True)
    return out.getvalue()
