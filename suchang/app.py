"""The composition root: settings → collaborators → blueprints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

import services
from suchang.api import logs
from suchang.api.document import Documentation
from suchang.api.metrics import count_requests
from suchang.api.problems import register_problems
from suchang.api.rooms import BLUEPRINTS
from suchang.config import Misconfigured, Settings, load_settings
from suchang.credentials.issue.key_vault import KeyVault
from suchang.domain.clock import Clock, system_clock
from suchang.eligibility import Engine, load_pack
from suchang.persistence.base import Base
from suchang.persistence.engine import engine_of, engine_options, make_sessions
from suchang.persistence.group_commit import GroupCommit
from suchang.persistence.identity_vault import IdentityVault
from suchang.persistence.redis_store import RedisStore
from suchang.persistence.unit_of_work import SessionFactory
from suchang.persistence.verification_log import VERIFY
from suchang.resources import resource
from suchang.web import register_pages
from suchang.workflows.application.notice_tiers import require_notices
from suchang.workflows.card import cards
from suchang.workflows.casework.working_days import ChineseWorkingDays
from suchang.workflows.credential.signing_keys import Keys, ensure_keys
from suchang.workflows.partner.rates import PartnerRates
from suchang.workflows.runtime.collaborators import Collaborators
from suchang.workflows.runtime.installation import fixed_issuer

MAX_BODY = 12 * 1024 * 1024

db = SQLAlchemy(metadata=Base.metadata)
csrf = CSRFProtect()


def make_collaborators(settings: Settings, sessions: SessionFactory, clock: Clock = system_clock) -> Collaborators:
    """Put the parts of an installation together; reads packs and catalogues, fixes issuer and keys at first start."""
    enabled = settings.domains or None
    require_notices(sessions, settings, clock())
    collaborators = Collaborators(
        settings=settings,
        sessions=sessions,
        clock=clock,
        vault=IdentityVault(settings.data_key, settings.index_key),
        key_vault=KeyVault(settings.key_encryption_key, settings.older_key_encryption_keys),
        redis=RedisStore(settings.redis_url),
        engine=Engine(load_pack(_pack_folder(settings.pack))),
        services=services.load(enabled),
        working_days=ChineseWorkingDays(),
        issuer=fixed_issuer(sessions, settings),
        keys=Keys(),
        verifications=GroupCommit(engine_of(sessions), VERIFY),
        rates=PartnerRates(),
        cards=cards,
    )
    ensure_keys(collaborators)
    return collaborators


def _pack_folder(name: str) -> Path:
    given = Path(name)
    return given if given.is_absolute() else resource("eligibility_rules") / name


def create_app(settings: Settings | None = None, *, clock: Clock = system_clock) -> Flask:
    """Build the WSGI application. It never starts servers: each worker imports it, and the URLs must be set.

    Raises Misconfigured with one sentence when no database is configured.
    """
    settings = settings or load_settings()
    if not settings.database_url:
        raise Misconfigured("DATABASE_URL is not set; start with `make run`, which brings its own PostgreSQL.")
    logs.configure()
    app = Application("suchang", static_folder=None)
    app.session_interface = Sessions()
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(),
        MAX_CONTENT_LENGTH=MAX_BODY,
        SESSION_COOKIE_SECURE=not settings.demo,
        SESSION_COOKIE_SAMESITE="Strict",
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        API_TITLE="Su Chang Card 苏畅卡",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if settings.trusted_proxies:
        from werkzeug.middleware.proxy_fix import ProxyFix

        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=1)  # type: ignore[method-assign]
    db.init_app(app)
    csrf.init_app(app)
    with app.app_context():
        collaborators = make_collaborators(settings, make_sessions(db.engine), clock)
    app.extensions["suchang"] = collaborators
    count_requests(app)
    documentation = Documentation(app)
    for blueprint in BLUEPRINTS:
        documentation.register_blueprint(blueprint)
    app.extensions["suchang_openapi"] = documentation.describe
    register_pages(app)
    # After the pages: these handlers serve the API and hand what is a page's to the page handler.
    register_problems(app)
    return app


class Application(Flask):
    """Flask without coroutines: it would ask of every hook of every request anew whether it is one."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function back; none here is a coroutine."""
        return func


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie; who brings none does not pay for a signer, nor the API for a session that nobody opens."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open the session of a request."""
        if "HTTP_COOKIE" not in request.environ and request.path.startswith("/api/"):
            return None
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def close_app(app: Flask) -> None:
    """Return the database connections back; for commands and tests, which outlive their application."""
    app.extensions["suchang"].verifications.close()
    with app.app_context():
        db.engine.dispose()
