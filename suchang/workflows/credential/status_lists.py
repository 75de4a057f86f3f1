"""Places in status lists, and their publication.

A PostgreSQL sequence hands out blocks of a thousand serial numbers; a place is the serial's list and its permuted
index. Random-looking, race-free, never reused; gaps are no loss.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from suchang.credentials.status_list.index_permutation import index_of, list_of, new_list_key
from suchang.credentials.status_list.token_status_list import TTL, pack, publish
from suchang.domain.errors import NotFound
from suchang.persistence.models import StatusBlock, StatusEntry, StatusList
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.runtime.collaborators import Collaborators

BLOCK = 1000


def list_uri(collaborators: Collaborators, list_id: int) -> str:
    """Return the address of a list: under the issuer, never from a request."""
    return f"{collaborators.issuer}/status-lists/{list_id}"


def take_place(session: Session, now: datetime) -> tuple[int, int]:
    """Return a fresh (list, index), in the transaction of the credential that gets it."""
    block = session.execute(
        select(StatusBlock).where(StatusBlock.used < BLOCK).limit(1).with_for_update(skip_locked=True)
    ).scalar_one_or_none()
    if block is None:
        first = session.execute(text("select nextval('status_serial')")).scalar_one()
        block = StatusBlock(id=first, used=0)
        session.add(block)
    serial = block.id + block.used
    block.used += 1
    session.flush()
    list_id = list_of(serial)
    return list_id, index_of(serial, _permutation_key(session, list_id, now))


def _permutation_key(session: Session, list_id: int, now: datetime) -> bytes:
    row = session.get(StatusList, list_id)
    if row is None:
        session.execute(
            insert(StatusList)
            .values(id=list_id, permutation_key=new_list_key(), changed_at=now)
            .on_conflict_do_nothing()
        )
        row = session.get_one(StatusList, list_id)
    return row.permutation_key


def set_status(session: Session, list_id: int, index: int, status: int, now: datetime) -> None:
    """Set one entry (0 valid, 1 invalid, 2 suspended) and mark the list as changed."""
    if status == 0:
        session.execute(delete(StatusEntry).where(StatusEntry.list_id == list_id, StatusEntry.index == index))
    else:
        session.execute(
            insert(StatusEntry)
            .values(list_id=list_id, index=index, status=status)
            .on_conflict_do_update(index_elements=["list_id", "index"], set_={"status": status})
        )
    session.get_one(StatusList, list_id).changed_at = now


def published(collaborators: Collaborators, list_id: int) -> bytes:
    """Return a list as a signed token, signed anew when an entry changed since, or half its time to live is over.

    A change is in the next answer, so nothing waits for a timer. Raises NotFound for a list that does not exist.
    """
    now = collaborators.clock()
    with unit_of_work(collaborators.sessions) as session:
        row = session.get(StatusList, list_id)
        if row is None:
            raise NotFound("There is no such status list.")
        if _is_fresh(row, now) and row.token is not None:
            return row.token.encode()
        # One worker signs; the others wait for it and take its result.
        row = session.execute(
            select(StatusList)
            .where(StatusList.id == list_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).scalar_one()
        if not _is_fresh(row, now) or row.token is None:
            entries = session.execute(
                select(StatusEntry.index, StatusEntry.status).where(StatusEntry.list_id == list_id)
            )
            packed = pack((index, status) for index, status in entries)
            signer = collaborators.keys.signer(collaborators, session)
            token = publish(packed, list_uri(collaborators, list_id), signer, int(now.timestamp()))
            row.token, row.published_at = token.decode(), now
        return row.token.encode()


def _is_fresh(row: StatusList, now: datetime) -> bool:
    if row.published_at is None or row.changed_at >= row.published_at:
        return False
    return now - row.published_at < timedelta(seconds=TTL // 2)


def list_ids(collaborators: Collaborators) -> list[int]:
    """Name the lists that exist."""
    with unit_of_work(collaborators.sessions) as session:
        return list(session.execute(select(StatusList.id).order_by(StatusList.id)).scalars())
