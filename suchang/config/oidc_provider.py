"""Who signs officers in when it is not the house itself: an OpenID provider, by setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

_LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """An OpenID provider and what we are to it.

    ``second_factor_acr`` and ``second_factor_amr`` are the values of the claims ``acr`` and ``amr`` that stand for two
    factors; when the provider gives none of them, our own one-time password is asked on top.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = ""
    second_factor_acr: tuple[str, ...] = ()
    second_factor_amr: tuple[str, ...] = ()

    def proves_two_factors(self, acr: object, amr: object) -> bool:
        """Tell whether the claims of an ID token stand for two factors."""
        methods = amr if isinstance(amr, list) else []
        return acr in self.second_factor_acr or any(one in methods for one in self.second_factor_amr)


def read_provider(environ: Mapping[str, str], *, production: bool) -> OidcProvider | None:
    """Read the provider from ``SUCHANG_OIDC_*``; None when none is set. Raises ValueError with one sentence."""
    issuer = environ.get("SUCHANG_OIDC_ISSUER", "")
    if not issuer:
        return None
    split = urlsplit(issuer)
    secure = split.scheme == "https" or (not production and split.scheme == "http" and split.hostname in _LOOPBACK)
    if not secure or split.query or split.fragment:
        raise ValueError("SUCHANG_OIDC_ISSUER must be the provider's issuer and begin with https://.")
    for name in ("SUCHANG_OIDC_CLIENT_ID", "SUCHANG_OIDC_CLIENT_SECRET"):
        if not environ.get(name):
            raise ValueError(f"{name} is missing; SUCHANG_OIDC_ISSUER needs it beside it.")
    return OidcProvider(
        issuer,
        environ["SUCHANG_OIDC_CLIENT_ID"],
        environ["SUCHANG_OIDC_CLIENT_SECRET"],
        environ.get("SUCHANG_OIDC_NAME", ""),
        tuple(environ.get("SUCHANG_OIDC_ACR", "").split()),
        tuple(environ.get("SUCHANG_OIDC_AMR", "").split()),
    )
