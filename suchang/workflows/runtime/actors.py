"""Who acts: the signed-in party of a request, as the auth hooks hand it to workflows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from suchang.domain.account.roles import EVERYWHERE, Role, Scope
from suchang.domain.errors import Forbidden


@dataclass(frozen=True, slots=True)
class HolderActor:
    """An applicant or holder, signed in by their phone; what is known of the session says when."""

    person_id: str
    kind: str = "holder"
    signed_in_at: datetime | None = field(default=None, compare=False)
    session_key: bytes | None = field(default=None, compare=False, repr=False)

    @property
    def id(self) -> str:
        """Return the id that audit rows name."""
        return self.person_id


@dataclass(frozen=True, slots=True)
class Absent:
    """The officer on leave for whom a deputy acts."""

    officer_id: str
    person_index: bytes
    name: str


@dataclass(frozen=True, slots=True)
class OfficerActor:
    """An officer; ``person_index`` is the same for every account that one human being has.

    A deputy acts under their own name: ``acts_for`` says for whom, and the audit keeps both.
    """

    officer_id: str
    person_index: bytes
    roles: frozenset[Role]
    city: str | None
    name: str
    kind: str = "officer"
    acts_for: Absent | None = None
    session_key: bytes | None = field(default=None, compare=False, repr=False)

    @property
    def id(self) -> str:
        """Return the id that audit rows name."""
        return self.officer_id

    @property
    def on_behalf_of(self) -> str | None:
        """Return the id of the officer for whom a deputy acts."""
        return self.acts_for.officer_id if self.acts_for is not None else None

    @property
    def scope(self) -> Scope:
        """Return the cities that this officer sees."""
        return EVERYWHERE if self.city is None else Scope.of([self.city])

    def need(self, *roles: Role) -> None:
        """Raise Forbidden unless the officer holds one of the roles."""
        if not self.roles.intersection(roles):
            raise Forbidden("Your office does not allow this.")


@dataclass(frozen=True, slots=True)
class PartnerActor:
    """A partner's program, or a person at a partner's desk (``operator_id``), calling from an IP address."""

    partner_id: str
    client_id: str
    site_id: str | None
    scopes: frozenset[str]
    operator_id: str | None = None
    address: str | None = None
    kind: str = "partner"

    @property
    def id(self) -> str:
        """Return the id that audit rows name: the person at the desk where there is one."""
        return self.operator_id or self.client_id


@dataclass(frozen=True, slots=True)
class SystemActor:
    """The house itself: jobs, expiry runs, the command line."""

    id: str = "system"
    kind: str = "system"


Actor = HolderActor | OfficerActor | PartnerActor | SystemActor
SYSTEM = SystemActor()
