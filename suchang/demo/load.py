"""Load the demo province into an empty database.

People and their drafts are written in chunks, because three thousand sign-ins would prove nothing more; whatever is
submitted, asked for, decided or issued goes through the workflows that real people use, with all their checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import event, insert, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from suchang.app import make_collaborators
from suchang.config import Settings
from suchang.demo.accounts import PASSWORD, client_secret, desk_user, totp_secret
from suchang.demo.casework import play_cases
from suchang.demo.province import SEED, DemoEmployer, DemoOfficer, DemoPerson, Province, make_province
from suchang.demo.service_points import points
from suchang.domain.clock import Clock, local_date, system_clock
from suchang.domain.ids import new_id
from suchang.domain.lifecycle import ApplicationState, CaseFacts, Kind
from suchang.domain.people.identity import DocumentType, read_identity
from suchang.persistence.engine import make_engine, make_sessions
from suchang.persistence.models import (
    Application,
    AuditEvent,
    Employer,
    Evidence,
    InstanceSetting,
    Officer,
    PartnerClient,
    Person,
)
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.passwords import hash_password
from suchang.workflows.application.lifecycle_facts import to_json
from suchang.workflows.application.transitions import person_of
from suchang.workflows.audit import rows as audit
from suchang.workflows.help import service_points
from suchang.workflows.partner import partners
from suchang.workflows.partner.tokens import hash_secret
from suchang.workflows.runtime.actors import SYSTEM, OfficerActor
from suchang.workflows.runtime.collaborators import Collaborators

Say = Callable[[str], None]
_CHUNK = 250
_MARK, _DONE = "demo_province", "complete"


def load_when_empty(settings: Settings, say: Say, *, people: int = 3000, clock: Clock = system_clock) -> bool:
    """Load the demo province when the database holds nobody yet; tell whether it was loaded."""
    engine = make_engine(settings.database_url, pool_size=2)
    event.listen(engine, "connect", _do_not_wait)
    try:
        collaborators = make_collaborators(settings, make_sessions(engine), clock)
        if not _begin(collaborators, say):
            return False
        say(f"loading the demo province: {people} people who do not exist …")
        load(collaborators, make_province(SEED, people, local_date(clock())), say)
        return True
    finally:
        engine.dispose()


def _do_not_wait(connection: DBAPIConnection, _record: object) -> None:
    """Let commits return before they are on the disk: the last one, which marks the load complete, follows them all."""
    cursor = connection.cursor()
    cursor.execute("SET synchronous_commit TO off")
    cursor.close()
    connection.commit()


def _begin(collaborators: Collaborators, say: Say) -> bool:
    """Mark an empty database as being loaded; say so when an earlier load was interrupted."""
    with unit_of_work(collaborators.sessions) as session:
        mark = session.get(InstanceSetting, _MARK)
        if mark is not None and mark.value != _DONE:
            where = collaborators.settings.data_dir
            say(f"The demo province was loaded only in part; for all of it stop, remove {where} and start again.")
        if mark is not None or session.execute(select(Person.id).limit(1)).first() is not None:
            return False
        session.add(InstanceSetting(name=_MARK, value="begun"))
        return True


def load(collaborators: Collaborators, province: Province, say: Say) -> None:
    """Write the province: officers first, because a database with people and no officers would look complete."""
    officers = _officers(collaborators, province)
    _partners(collaborators, province)
    on_the_map = [one for one in points() if set(one.domains) <= set(collaborators.services)]
    service_points.add(collaborators, SYSTEM, on_the_map)
    employers = _employers(collaborators, province.employers)
    drafts: dict[str, tuple[str, str]] = {}
    for at in range(0, len(province.people), _CHUNK):
        rows = Rows()
        for person in province.people[at : at + _CHUNK]:
            drafts[person.number] = _person(collaborators, rows, person, employers[person.employer.uscc])
        with unit_of_work(collaborators.sessions) as session:
            rows.insert(session)
    say(f"  {len(province.people)} people with drafts, {len(employers)} employers, {len(officers)} officers")
    tally = play_cases(collaborators, province, officers, drafts, Random(SEED))
    say("  " + ", ".join(f"{count} {state}" for state, count in tally.items()))
    with unit_of_work(collaborators.sessions) as session:
        session.merge(InstanceSetting(name=_MARK, value=_DONE))


def _officers(collaborators: Collaborators, province: Province) -> Mapping[str, OfficerActor]:
    """Write the officers; they share one public password, so it is hashed once."""
    kept, now = hash_password(PASSWORD), collaborators.clock()
    found = {}
    with unit_of_work(collaborators.sessions) as session:
        for officer in province.officers:
            row = _officer_row(collaborators, officer)
            row.password_hash, row.created_at = kept, now
            session.add(row)
            audit.record(session, now, SYSTEM, "officer_added", "officer", row.id, roles=row.roles)
            found[officer.username] = OfficerActor(
                row.id, row.person_index, frozenset(officer.roles), officer.city, officer.name
            )
    return found


def _officer_row(collaborators: Collaborators, officer: DemoOfficer) -> Officer:
    officer_id = new_id("off")
    return Officer(
        id=officer_id,
        username=officer.username,
        name=officer.name,
        person_index=collaborators.vault.index(DocumentType.RESIDENT_ID.value, officer.number),
        roles=[role.value for role in officer.roles],
        city=officer.city,
        totp_cipher=collaborators.vault.encrypt(totp_secret(officer.username), officer_id),
    )


def _partners(collaborators: Collaborators, province: Province) -> None:
    """Register the partners by their workflow, then give their programs the demo's public secrets."""
    for one in province.partners:
        if one.domain not in collaborators.services:
            continue
        view = partners.register_partner(
            collaborators, SYSTEM, name=one.name, uscc=one.uscc, domains=[one.domain], sites=one.sites
        )
        scopes = [f"verify:{one.domain}", f"redeem:{one.domain}", "verify:offline"]
        site = view["sites"][0]["id"]
        client = partners.add_client(collaborators, SYSTEM, view["id"], name=one.slug, scopes=scopes, site_id=site)
        with unit_of_work(collaborators.sessions) as session:
            session.get_one(PartnerClient, client.client_id).secret_hash = hash_secret(client_secret(one.slug))
        partners.add_desk_operator(
            collaborators,
            SYSTEM,
            view["id"],
            site_id=site,
            username=desk_user(one.slug),
            name=f"{one.name} 窗口",
            password=PASSWORD,
            scopes=scopes,
        )


def _employers(collaborators: Collaborators, employers: tuple[DemoEmployer, ...]) -> Mapping[str, str]:
    """Write the employers and give their ids by credit code."""
    now = collaborators.clock()
    rows = [
        Employer(
            id=new_id("emp"),
            uscc=one.uscc,
            name=one.name,
            city=one.city,
            kind=one.kind,
            tags=list(one.tags),
            created_at=now,
        )
        for one in employers
    ]
    ids = {row.uscc: row.id for row in rows}
    with unit_of_work(collaborators.sessions) as session:
        session.add_all(rows)
    return ids


@dataclass
class Rows:
    """Rows of one chunk, to be inserted table by table: a tenth of the time of one object after the other."""

    people: list[dict[str, Any]] = field(default_factory=list)
    applications: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    audit: list[dict[str, Any]] = field(default_factory=list)

    def insert(self, session: Session) -> None:
        """Insert them in the order of their references."""
        tables = (Person, self.people), (Application, self.applications), (Evidence, self.evidence)
        for model, rows in (*tables, (AuditEvent, self.audit)):
            session.execute(insert(model), rows)


def _person(collaborators: Collaborators, rows: Rows, person: DemoPerson, employer_id: str) -> tuple[str, str]:
    """Write a person with a draft and its evidence, as a transfer of data would; give both ids."""
    now = collaborators.clock() - timedelta(days=90)
    document = read_identity("resident_id", person.number, today=local_date(now), demo=True)
    index = collaborators.vault.index(document.type.value, document.number)
    person_id, application_id = new_id("per"), new_id("app")
    rows.people.append(
        {
            "id": person_id,
            "identity_type": document.type.value,
            "identity_index": index,
            "identity_cipher": collaborators.vault.encrypt(document.number, person_id),
            "name": person.name,
            "birth_date": person.birth_date,
            "phone": person.phone,
            "city": person.city,
            "language": "zh",
            "created_at": now,
        }
    )
    rows.applications.append(
        {
            "id": application_id,
            "person_id": person_id,
            "employer_id": employer_id,
            "city": person.city,
            "state": ApplicationState.DRAFT.value,
            "kind": Kind.FIRST.value,
            "case": to_json(CaseFacts(applicant=person_of(index), city=person.city)),
            "created_at": now,
            "updated_at": now,
            "version": 1,
            "round": 1,
        }
    )
    rows.evidence += (
        {
            "id": new_id("evi"),
            "application_id": application_id,
            "title": title,
            "facts": facts,
            "origin": "demo",
            "created_at": now,
        }
        for title, facts in evidence_pieces(collaborators, person.facts)
    )
    rows.audit.append(
        {
            "at": now,
            "actor_kind": SYSTEM.kind,
            "actor_id": SYSTEM.id,
            "action": "application_started",
            "subject_kind": "application",
            "subject_id": application_id,
            "data": {"target": ApplicationState.DRAFT.value},
        }
    )
    return person_id, application_id


def evidence_pieces(collaborators: Collaborators, facts: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Group facts by the document that proves them, in the words of the pack; what needs none is a declaration."""
    known = collaborators.engine.pack.facts
    grouped: dict[str, dict[str, Any]] = {}
    for name, value in facts.items():
        if name in known:
            proof = known[name].evidence
            title = proof.zh if proof is not None and value not in ([], None) else "本人声明"
            grouped.setdefault(title, {})[name] = value
    yield from grouped.items()
