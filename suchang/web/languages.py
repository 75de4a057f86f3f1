"""Chinese first, English beside it: which language a request gets, and where its words come from.

Texts are written in Chinese in the templates; ``translations/en.po`` holds the English. The catalogue is read from the
.po file at start, so that there is nothing to compile and nothing stale. ``?lang=en`` chooses, a cookie remembers.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from flask_babel import gettext as _gettext
from flask_babel import ngettext as _ngettext

TRANSLATIONS = Path(__file__).parent / "translations"
CHINESE, ENGLISH = "zh_Hans_CN", "en"
_CHOICES = {"zh": CHINESE, "zh-CN": CHINESE, "en": ENGLISH}
COOKIE = "lang"
_YEAR = 365 * 24 * 3600


def read_catalogue(path: Path) -> Translations:
    """Read a .po file into a catalogue that gettext can ask."""
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.stem)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


class PoDomain(Domain):  # type: ignore[misc]
    """Translations straight from the .po files: Chinese is the text itself, English comes from ``en.po``."""

    def __init__(self) -> None:
        super().__init__()
        self._english = read_catalogue(TRANSLATIONS / "en.po")
        self._chinese = NullTranslations()

    def get_translations(self) -> NullTranslations:
        """Return the catalogue for the language of the request."""
        return self._english if str(get_locale()).startswith("en") else self._chinese


def choose_language() -> str:
    """Choose by the address, then the cookie, then the browser; Chinese when nothing speaks for English."""
    if not has_request_context():
        return CHINESE
    if (asked := request.args.get("lang")) in _CHOICES:
        g.language_asked = asked
        return _CHOICES[asked]
    if (kept := request.cookies.get(COOKIE)) in _CHOICES:
        return _CHOICES[kept]
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh-CN")
    return _CHOICES.get(best or "zh-CN", CHINESE)


def gettext(text: str, **values: object) -> str:
    """Say a Chinese text in the language of the request; ``%(name)s`` is filled from the values."""
    return str(_gettext(text, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Say a text that counts something; ``%(num)d`` is the count."""
    return str(_ngettext(one, many, num, **values))


def html_language() -> str:
    """Return the value of ``<html lang>``."""
    return "en" if str(get_locale()).startswith("en") else "zh-CN"


def is_english() -> bool:
    """Tell whether the page is written in English."""
    return html_language() == "en"


def in_language(zh: str, en: str | None) -> str:
    """Choose between two texts that the data carries; Chinese where there is no English."""
    return (en or zh) if is_english() else zh


def _remember(response: Response) -> Response:
    if asked := getattr(g, "language_asked", None):
        response.set_cookie(COOKIE, asked, max_age=_YEAR, samesite="Lax", secure=request.is_secure, httponly=True)
    return response


def speak(app: Flask) -> Babel:
    """Return the program its languages."""
    babel = Babel(app, default_locale=CHINESE, default_timezone="Asia/Shanghai", locale_selector=choose_language)
    babel.domain_instance = PoDomain()
    app.after_request(_remember)
    return babel
