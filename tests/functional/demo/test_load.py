"""The demo province arrives in an empty database, once, and works."""

from __future__ import annotations

import pyotp
import pytest
from sqlalchemy import NullPool, create_engine, func, select
from sqlalchemy.orm import Session

from suchang.config import load_settings
from suchang.demo.accounts import PASSWORD, client_secret, desk_user, totp_secret
from suchang.demo.load import load_when_empty
from suchang.demo.sign_ins import officer_code, sign_in_lines
from suchang.domain.errors import NotFound
from suchang.persistence.models import Application, Card, InstanceSetting, PartnerClient, Person, PublicNotice
from tests.support.world import World


@pytest.fixture
def said(environ, clock):
    """Load a small province and give what was said."""
    lines: list[str] = []
    assert load_when_empty(load_settings(environ), lines.append, people=150, clock=clock)
    return lines


@pytest.fixture
def session(environ):
    with Session(create_engine(environ["DATABASE_URL"], poolclass=NullPool)) as open_session:
        yield open_session


def test_people_cases_and_cards_are_there_when_the_database_was_empty(said, session, environ, clock):
    assert session.execute(select(func.count()).select_from(Person)).scalar() == 150
    states = dict(session.execute(select(Application.state, func.count()).group_by(Application.state)).all())
    assert {"draft", "submitted", "in_review", "supplement_requested", "recommended", "issued", "rejected"} == set(
        states
    )
    assert session.execute(select(func.count()).select_from(Card)).scalar() == states["issued"]
    assert "150 people" in " ".join(said)
    assert not load_when_empty(load_settings(environ), said.append, people=150, clock=clock), "only once"


def test_an_interrupted_load_is_named_when_the_server_starts_again(said, session, environ, clock):
    session.get_one(InstanceSetting, "demo_province").value = "begun"
    session.commit()
    again: list[str] = []
    assert not load_when_empty(load_settings(environ), again.append, people=150, clock=clock)
    assert "only in part" in again[0]


def test_printed_sign_ins_open_the_doors_when_the_province_is_loaded(said, session, environ, clock):
    printed = "\n".join(sign_in_lines(load_settings(environ)))
    world = World(environ, clock)
    try:
        code = pyotp.TOTP(totp_secret("approver")).at(world.second)
        body = {"username": "approver", "password": PASSWORD, "totp": code}
        token = world.ok("POST", "/api/v1/officer/sign-in", json=body)["token"]
        assert world.ok("GET", "/api/v1/applications?state=recommended", token)["items"]
        client = session.execute(select(PartnerClient).where(PartnerClient.name == "hospital")).scalar_one()
        assert f"{client.id} secret {client_secret('hospital')}" in printed
        form = {"grant_type": "client_credentials", "scope": "verify:medical"}
        answer = world.http.post("/oauth/token", data=form, auth=(client.id, client_secret("hospital")))
        assert answer.status_code == 200
        assert desk_user("hospital") in printed
    finally:
        world.close()


def test_a_demo_code_is_given_for_officers_alone(said, environ):
    settings = load_settings(environ)
    assert len(officer_code(settings, "approver")) == 6
    with pytest.raises(NotFound, match="no officer nobody"):
        officer_code(settings, "nobody")


def test_province_is_whole_when_tiers_need_a_public_notice_from_the_first_start(environ, clock, session):
    settings = load_settings({**environ, "SUCHANG_NOTICE_TIERS": "A,B,C"})
    assert load_when_empty(settings, lambda _: None, people=150, clock=clock)
    assert session.get_one(InstanceSetting, "demo_province").value == "complete"
    named = select(PublicNotice.application_id)
    cards = select(func.count()).select_from(Card).where(Card.tier.in_(("A", "B", "C")))
    assert session.execute(cards).scalar() == session.execute(cards.where(Card.application_id.in_(named))).scalar() > 0
