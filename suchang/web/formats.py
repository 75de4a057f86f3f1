"""How days, moments, amounts and card numbers are written in the language of the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date, format_datetime
from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context

from suchang.domain.clock import SHANGHAI
from suchang.web.languages import gettext, is_english, ngettext


def _locale() -> str:
    return "en_GB" if is_english() else "zh_Hans_CN"


def _as_date(value: date | datetime | str) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    return value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value


def day(value: date | datetime | str | None) -> str:
    """Write a day: 2026年11月3日, 3 Nov 2026; nothing for nothing."""
    if value is None:
        return ""
    return format_date(_as_date(value), "d MMM y" if is_english() else "y年M月d日", locale=_locale())


def month(value: date | datetime | str | None) -> str:
    """Write a month: 2031年10月, Oct 2031."""
    if value is None:
        return ""
    return format_date(_as_date(value), "MMM y" if is_english() else "y年M月", locale=_locale())


def moment(value: datetime | str | None) -> str:
    """Write a day and a time of day in Asia/Shanghai: 2026年11月3日 09:12, 3 Nov 2026, 09:12."""
    if value is None:
        return ""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    pattern = "d MMM y, HH:mm" if is_english() else "y年M月d日 HH:mm"
    return format_datetime(value.astimezone(SHANGHAI), pattern, tzinfo=SHANGHAI, locale=_locale())


def clock_time(value: datetime | str | None) -> str:
    """Write a time of day in Asia/Shanghai: 09:12."""
    if value is None:
        return ""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(SHANGHAI).strftime("%H:%M")


def number(value: float | int | Decimal) -> str:
    """Write a number with the thousands apart."""
    return f"{value:,}"


def yuan(value: Decimal | int | str) -> str:
    """Write an amount of money in CNY."""
    amount = Decimal(value)
    text = f"{amount:,.2f}".removesuffix(".00")
    return f"CNY {text}" if is_english() else f"{text} 元"


def card_number(value: str) -> str:
    """Write a card number in groups of four, after its two letters."""
    head, tail = (value[:2], value[2:]) if value[:2].isalpha() else ("", value)
    groups = [tail[at : at + 4] for at in range(0, len(tail), 4)]
    return " ".join(filter(None, [head, *groups]))


def working_days_left(days: int | None) -> str:
    """Say how many working days are left before a deadline; negative when it has passed."""
    if days is None:
        return gettext("计时暂停")
    if days < 0:
        return ngettext("超期 %(num)d 个工作日", "超期 %(num)d 个工作日", -days)
    if days == 0:
        return gettext("今日到期")
    return ngettext("剩 %(num)d 个工作日", "剩 %(num)d 个工作日", days)


def spaced(name: str) -> str:
    """Set a masked name with air between its characters."""
    return " ".join(name) if len(name) <= 4 and not name.isascii() else name


def evidence_title(title: str) -> str:
    """Name a piece of evidence; those that the program names itself in the reader's language."""
    own = {"Facts given at the start": gettext("开始时填写的内容")}
    return own.get(title, title)


def add_filters(app: Flask) -> None:
    """Return the templates these words."""
    app.jinja_env.filters["spaced"] = spaced
    for write in (day, month, moment, clock_time, number, yuan, card_number, working_days_left, evidence_title):
        app.jinja_env.filters[write.__name__] = _asked_each_time(write)


def _asked_each_time(write: Callable[[Any], str]) -> Callable[[Context, Any], str]:
    """Keep Jinja from working a constant out once, in the language of whoever came first."""

    @pass_context
    def filter_(_context: Context, value: Any) -> str:
        return write(value)

    return filter_
