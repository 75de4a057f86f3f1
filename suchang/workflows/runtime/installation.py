"""What is fixed for an installation: the issuer's origin, under which keys and status lists are found."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from suchang.config import Settings
from suchang.domain.errors import Conflict
from suchang.persistence.models import Credential, InstanceSetting
from suchang.persistence.unit_of_work import SessionFactory, unit_of_work

DEMO_ISSUER = "http://localhost:8000"
_ISSUER, _SERVED_AT = "issuer", "served_at"


@dataclass(frozen=True, slots=True)
class Address:
    """Under which origin credentials are issued, where the demo was last served, and whether anything was issued."""

    issuer: str
    served_at: str | None
    issued: bool

    @property
    def agrees(self) -> bool:
        """Tell whether whoever reads a credential finds its keys where it says."""
        return self.served_at in (None, self.issuer)


def fixed_issuer(sessions: SessionFactory, settings: Settings) -> str:
    """Return the issuer: stored at first start, never derived from a request.

    Raises Conflict when the setting names another issuer than the one that is stored.
    """
    with unit_of_work(sessions) as session:
        kept = _kept(session, settings.issuer or DEMO_ISSUER)
        if settings.issuer is not None and settings.issuer != kept:
            raise Conflict(
                f"SUCHANG_ISSUER is {settings.issuer}, but this database has issued as {kept}; an issuer is for life."
            )
        return kept


def follow_address(sessions: SessionFactory, origin: str) -> Address:
    """Let a demo issue under the origin at which it is served, until something has been issued.

    For ``serve`` alone, before its programs start, when no setting names the issuer. Returns what holds from now on.
    """
    with unit_of_work(sessions) as session:
        kept = _kept(session, origin)
        _put(session, _SERVED_AT, origin)
        issued = _issued(session)
        if not issued:
            _put(session, _ISSUER, origin)
        return Address(kept if issued else origin, origin, issued)


def known_address(sessions: SessionFactory) -> Address | None:
    """Return the issuer and where the demo was last served, or None before the first start."""
    with unit_of_work(sessions) as session:
        kept = session.get(InstanceSetting, _ISSUER)
        served = session.get(InstanceSetting, _SERVED_AT)
        return None if kept is None else Address(kept.value, served.value if served else None, _issued(session))


def _issued(session: Session) -> bool:
    return session.execute(select(Credential.sub).limit(1)).first() is not None


def _kept(session: Session, first: str) -> str:
    session.execute(insert(InstanceSetting).values(name=_ISSUER, value=first).on_conflict_do_nothing())
    return session.get_one(InstanceSetting, _ISSUER).value


def _put(session: Session, name: str, value: str) -> None:
    new = insert(InstanceSetting).values(name=name, value=value)
    session.execute(new.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
