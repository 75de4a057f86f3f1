"""``/desk``: one page that stays open all day."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.redemption import BenefitService
from suchang.web.auth import collaborators, end_session, signed_in, start_session, this_browser, way_back
from suchang.web.desk.words import desk_words
from suchang.web.languages import gettext
from suchang.web.security_headers import allow_camera, allow_webassembly
from suchang.web.service_worker import service_worker, shelf, web_manifest
from suchang.web.words.domains import domain_words
from suchang.web.words.sign_ins import new_password
from suchang.workflows.account import sign_in
from suchang.workflows.runtime.actors import PartnerActor
from suchang.workflows.verification import desk_overview

blueprint = Blueprint("desk_pages", __name__, url_prefix="/desk", template_folder="templates")
_OPEN = frozenset({f"desk_pages.{name}" for name in ("enter", "enter_password", "worker", "manifest")})
blueprint.before_request(signed_in("desk", "desk_pages.enter", open_endpoints=_OPEN))

SCANNER = "js/desk/camera.js"


def _actor() -> PartnerActor:
    return cast(PartnerActor, g.actor)


def _domains(actor: PartnerActor) -> list[str]:
    """Return the benefit domains that this desk may verify for, in the order of the catalogue."""
    return [slug for slug in collaborators().services if f"verify:{slug}" in actor.scopes]


def _item(service: BenefitService, code: str) -> dict[str, Any]:
    item = service.domain.items[code]
    details = [
        {
            "name": field.name,
            "kind": field.kind.value,
            "label": {"zh": field.label.zh, "en": field.label.en},
            "required": field.required,
            "choices": list(field.choices),
        }
        for field in service.details(code)
    ]
    name = {"zh": item.name.zh, "en": item.name.en}
    whose = [*(["holder"] if item.for_holder else []), *(relation.value for relation in item.ages)]
    offline = bool(item.offline_max)
    return {"name": name, "unit": item.unit.value, "offline": offline, "whose": whose, "details": details}


def _items(slugs: list[str]) -> dict[str, Any]:
    """Return the items of some domains by code, as the modules need them."""
    services = [collaborators().services[slug] for slug in slugs]
    return {code: _item(service, code) for service in services for code in service.domain.items}


def _owner(actor: PartnerActor, place: dict[str, Any]) -> dict[str, str]:
    """Return to whom what this page keeps belongs: partner, site and operator."""
    id_ = f"{actor.partner_id}/{actor.site_id or ''}/{actor.id}"
    return {"id": id_, "operator": actor.id, "name": place["operator"] or ""}


@blueprint.get("")
def desk() -> str:
    """Show the desk."""
    allow_camera()
    allow_webassembly()
    actor = _actor()
    slugs = _domains(actor)
    place = desk_overview.place(collaborators(), actor)
    setting = {
        "domains": [{"slug": slug, "bit": collaborators().services[slug].domain.bit} for slug in slugs],
        "items": _items(slugs),
        "redeems": [slug for slug in slugs if f"redeem:{slug}" in actor.scopes],
        "offline": "verify:offline" in actor.scopes,
        "owner": _owner(actor, place),
        "issuer": collaborators().issuer,
        "lists": desk_overview.status_list_uris(collaborators()),
        "wasm": shelf().url("zxing-wasm/reader.wasm") if shelf().has("zxing-wasm/reader.wasm") else None,
    }
    return render_template(
        "desk/desk.html",
        place=place,
        today=desk_overview.today(collaborators(), actor),
        domains=[domain_words(slug) for slug in slugs],
        setting=setting,
        words=desk_words(),
    )


@blueprint.get("/sign-in")
def enter() -> str:
    """Ask for name and password."""
    return _enter_page()


def _enter_page(wrong: str = "", value: str = "") -> str:
    return render_template(
        "sign_in_password.html", action=url_for(".enter"), next=way_back("/desk"), room=gettext("核验台"), wrong=wrong,
        hint=gettext("合作机构窗口人员登录"), value=value, totp=False,
    )  # fmt: skip


@blueprint.post("/sign-in")
def enter_password() -> str | BaseResponse:
    """Sign a desk operator in."""
    name = request.form.get("username", "")[:64]
    password = request.form.get("password", "")
    signed = sign_in.sign_in_desk(collaborators(), name, password, this_browser("desk"))
    if signed is None:
        return _enter_page(gettext("用户名或密码不对；连续输错会锁定 15 分钟。"), name)
    return start_session(cast(Response, redirect(way_back("/desk"))), "desk", signed.token)


@blueprint.get("/password")
def password() -> str:
    """Ask for another password, with the one there is."""
    return _password_page(done="done" in request.args)


def _password_page(wrong: str = "", *, done: bool = False) -> str:
    action = url_for(".change_password")
    return render_template("desk/password.html", wrong=wrong, done=done, password_action=action)


@blueprint.post("/password")
def change_password() -> BaseResponse | tuple[str, int]:
    """Set another password; every other session of this account ends."""
    done = new_password(_actor())
    if isinstance(done, str):
        return _password_page(done), 422
    return start_session(cast(Response, redirect(url_for(".password", done=1))), "desk", done.token)


@blueprint.post("/sign-out")
def leave() -> Response:
    """Sign out of this browser."""
    return end_session(cast(Response, redirect(url_for(".enter"))), "desk")[0]


@blueprint.get("/sw.js")
def worker() -> Response:
    """Return the service worker that opens the desk without a network."""
    wanted = ["css/site.css", "css/desk.css", "icon.svg", *shelf().modules_of("js/desk/main.js")]
    if shelf().has("zxing-wasm/reader.wasm"):
        wanted += [*shelf().modules_of("zxing-wasm/reader"), "zxing-wasm/reader.wasm", *shelf().modules_of(SCANNER)]
    return service_worker(home="/desk", pages=("/desk",), parts=wanted, spare=url_for(".enter"))


@blueprint.get("/app.webmanifest")
def manifest() -> Response:
    """Describe the desk as an application that a tablet can install."""
    return web_manifest(name=gettext("苏畅卡核验台"), home="/desk")
