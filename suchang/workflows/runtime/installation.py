"""What is fixed at the first start of an installation: the issuer's origin."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from suchang.config import Settings
from suchang.domain.errors import Conflict
from suchang.persistence.models import InstanceSetting
from suchang.persistence.unit_of_work import SessionFactory, unit_of_work

DEMO_ISSUER = "http://localhost:8000"


def fixed_issuer(sessions: SessionFactory, settings: Settings) -> str:
    """Return the issuer: stored at first start, never derived from a request or a port.

    Raises Conflict when the setting names another issuer than the one that already signed cards.
    """
    with unit_of_work(sessions) as session:
        session.execute(
            insert(InstanceSetting).values(name="issuer", value=settings.issuer or DEMO_ISSUER).on_conflict_do_nothing()
        )
        kept = session.get_one(InstanceSetting, "issuer").value
        if settings.issuer is not None and settings.issuer != kept:
            raise Conflict(
                f"SUCHANG_ISSUER is {settings.issuer}, but this database has issued as {kept}; an issuer is for life."
            )
        return kept
