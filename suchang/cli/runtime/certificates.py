"""Certificates for a server in the local network: an authority of one's own and the server's certificate under it.

The authority is limited to loopback, private addresses and this machine's names (RFC 5280 name constraints): a phone
that trusts it trusts nothing else by it, even if its key were stolen.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_AUTHORITY_LIFE = timedelta(days=730)
_SERVER_LIFE = timedelta(days=397)
_RENEW_BEFORE = timedelta(days=30)
_PRIVATE = ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10")


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """Where the files lie, and the authority's fingerprint that a person compares."""

    certificate: Path
    key: Path
    authority: Path
    fingerprint: str
    names: tuple[str, ...]


def server_certificate(folder: Path, host: str) -> ServerCertificate:
    """Return a certificate for the addresses of ``host``, making what is missing, unfit or about to expire."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    names = _names(host)
    now = datetime.now(UTC)
    authority_path = folder / "ca.crt"
    if not (_fresh(authority_path, now) and (folder / "ca.key").exists() and _permits(authority_path, names)):
        _make_authority(folder, names, now)
        (folder / "server.crt").unlink(missing_ok=True)
    server_path = folder / "server.crt"
    if not (_fresh(server_path, now) and set(names) <= _covered(server_path)):
        _make_server(folder, names, now)
    digest = x509.load_pem_x509_certificate(authority_path.read_bytes()).fingerprint(hashes.SHA256()).hex().upper()
    fingerprint = ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))
    return ServerCertificate(server_path, folder / "server.key", authority_path, fingerprint, names)


def local_addresses() -> list[str]:
    """List this machine's addresses in its networks; sends nothing."""
    found = []
    for target in ("192.0.2.1", "10.255.255.255", "192.168.255.255"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((target, 9))
                address = str(probe.getsockname()[0])
            except OSError:
                continue
        if address not in found and not address.startswith("127."):
            found.append(address)
    return found


def _names(host: str) -> tuple[str, ...]:
    """Name what a certificate must cover: the host itself, or every address when it stands for all."""
    everywhere = host in ("0.0.0.0", "::")  # noqa: S104 (compared, not bound)
    machine = socket.gethostname()
    wanted = [*local_addresses(), machine, f"{machine}.local"] if everywhere else [host]
    return tuple(dict.fromkeys([*wanted, "localhost", "127.0.0.1"]))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _general(name: str) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_address(name)) if _is_address(name) else x509.DNSName(name)


def _constraints(names: tuple[str, ...]) -> x509.NameConstraints:
    networks = [ipaddress.ip_network(text) for text in _PRIVATE]
    addresses = [ipaddress.ip_address(name) for name in names if _is_address(name)]
    outside = [a for a in addresses if not any(a in network for network in networks if network.version == a.version)]
    permitted: list[x509.GeneralName] = [x509.IPAddress(network) for network in networks]
    permitted += [x509.IPAddress(ipaddress.ip_network(address)) for address in outside]
    permitted += [x509.DNSName(name) for name in dict.fromkeys([*names, "local"]) if not _is_address(name)]
    return x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None)


def _permits(authority: Path, names: tuple[str, ...]) -> bool:
    certificate = x509.load_pem_x509_certificate(authority.read_bytes())
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    return set(_constraints(names).permitted_subtrees or ()) <= set(constraints.permitted_subtrees or ())


def _covered(server: Path) -> set[str]:
    certificate = x509.load_pem_x509_certificate(server.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in names}


def _fresh(path: Path, now: datetime) -> bool:
    if not path.exists():
        return False
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc - now > _RENEW_BEFORE


def _make_authority(folder: Path, names: tuple[str, ...], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Su Chang Card on {socket.gethostname()}"[:64])])
    certificate = (
        _builder(subject, subject, key.public_key(), now, _AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign_certificates=True), critical=True)
        .add_extension(_constraints(names), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(folder / "ca.key", _private(key))
    _write(folder / "ca.crt", certificate.public_bytes(serialization.Encoding.PEM))


def _make_server(folder: Path, names: tuple[str, ...], now: datetime) -> None:
    authority = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    signer = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority's key is not the one that was made here")
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    life = min(_SERVER_LIFE, authority.not_valid_after_utc - now)
    certificate = (
        _builder(subject, authority.subject, key.public_key(), now, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    _write(folder / "server.key", _private(key))
    _write(
        folder / "server.crt",
        certificate.public_bytes(serialization.Encoding.PEM) + authority.public_bytes(serialization.Encoding.PEM),
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + life)
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    fresh.replace(path)
