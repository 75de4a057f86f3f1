"""The generated certificate works for this server, and its authority for nothing else."""

from __future__ import annotations

import ipaddress
import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from suchang.cli.runtime.certificates import ServerCertificate, server_certificate


def verify(made: ServerCertificate, subject: x509.verification.Subject, leaf: x509.Certificate | None = None):
    chain = x509.load_pem_x509_certificates(made.certificate.read_bytes())
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    verifier = PolicyBuilder().store(Store([authority])).build_server_verifier(subject)
    return verifier.verify(leaf or chain[0], [])


@pytest.mark.parametrize("subject", [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
def test_the_certificate_is_good_when_the_server_listens_on_the_loopback(tmp_path, subject):
    assert verify(server_certificate(tmp_path / "tls", "127.0.0.1"), subject)


def test_the_certificate_covers_an_address_when_the_server_listens_on_it(tmp_path):
    made = server_certificate(tmp_path / "tls", "192.168.7.8")
    assert verify(made, x509.IPAddress(ipaddress.ip_address("192.168.7.8")))
    with pytest.raises(VerificationError):
        verify(made, x509.IPAddress(ipaddress.ip_address("192.168.7.9")))


def test_the_authority_is_worth_nothing_when_it_signs_for_a_public_name(tmp_path):
    made = server_certificate(tmp_path / "tls", "127.0.0.1")
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    signer = serialization.load_pem_private_key((tmp_path / "tls" / "ca.key").read_bytes(), None)
    now = datetime.now(UTC)
    forged = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(authority.subject)
        .public_key(ec.generate_private_key(ec.SECP256R1()).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("bank.example")]), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    with pytest.raises(VerificationError, match="constraint"):
        verify(made, x509.DNSName("bank.example"), forged)


def test_phones_stay_trusting_when_the_server_starts_again(tmp_path):
    first = server_certificate(tmp_path / "tls", "127.0.0.1")
    before = first.certificate.read_bytes()
    assert server_certificate(tmp_path / "tls", "127.0.0.1") == first
    assert first.certificate.read_bytes() == before
    moved = server_certificate(tmp_path / "tls", "10.1.2.3")
    assert moved.fingerprint == first.fingerprint, "another private address needs no new authority"
    assert verify(moved, x509.IPAddress(ipaddress.ip_address("10.1.2.3")))


def test_keys_are_private_when_they_are_written(tmp_path):
    server_certificate(tmp_path / "tls", "127.0.0.1")
    for name in ("ca.key", "server.key"):
        assert stat.S_IMODE((tmp_path / "tls" / name).stat().st_mode) == 0o600
