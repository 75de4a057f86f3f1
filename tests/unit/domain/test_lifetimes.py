from datetime import timedelta

import pytest

from suchang.config import Misconfigured, load_settings
from suchang.domain.account.lifetimes import LIFETIMES, Lifetime, read_lifetime
from suchang.workflows.account.browsers import browser_name


@pytest.mark.parametrize(
    ("text", "at_most", "idle"),
    [("10h/30m", timedelta(hours=10), timedelta(minutes=30)), ("30d/14d", timedelta(days=30), timedelta(days=14)),
     ("15m/15m", timedelta(minutes=15), timedelta(minutes=15))],
)  # fmt: skip
def test_lifetime_is_read_when_it_is_written_as_told(text: str, at_most: timedelta, idle: timedelta) -> None:
    assert read_lifetime(text) == Lifetime(at_most, idle)


@pytest.mark.parametrize("text", ["", "10h", "30m/10h", "0h/0m", "10/30", "10h/30m ", "-1h/1m", "9999d/1d", "１h/１m"])
def test_lifetime_is_refused_in_words_when_it_is_odd(text: str) -> None:
    assert read_lifetime(text) is None
    if text:
        with pytest.raises(Misconfigured, match=r"SUCHANG_SESSION_OFFICER is .*such as 10h/30m"):
            load_settings({"SUCHANG_SESSION_OFFICER": text})


def test_lifetime_is_the_houses_when_nothing_is_set() -> None:
    settings = load_settings({"SUCHANG_SESSION_DESK": "8h/1h"})
    assert settings.lifetimes["officer"] == LIFETIMES["officer"]
    assert settings.lifetimes["desk"] == Lifetime(timedelta(hours=8), timedelta(hours=1))


@pytest.mark.parametrize(
    ("env", "origins", "wanted"),
    [("demo", "http://localhost:8011, https://10.0.0.2:8000", ("http://localhost:8011", "https://10.0.0.2:8000")),
     ("demo", "", ())],
)  # fmt: skip
def test_origins_are_read_when_they_are_origins(env: str, origins: str, wanted: tuple[str, ...]) -> None:
    assert load_settings({"SUCHANG_ENV": env, "SUCHANG_ORIGINS": origins}).origins == wanted


@pytest.mark.parametrize(
    "origins", ["localhost", "https://a.example/", "https://a.example/x", "ftp://a", "https://u@a"]
)
def test_origins_are_refused_in_words_when_they_are_not(origins: str) -> None:
    with pytest.raises(Misconfigured, match="SUCHANG_ORIGINS holds"):
        load_settings({"SUCHANG_ORIGINS": origins})


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
         "Chrome · Linux"),
        ("Mozilla/5.0 (Linux; Android 15; x) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36 MicroMessenger/8.0.50",
         "WeChat · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1",
         "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
         "Edge · Windows"),
        ("curl/8.5.0", ""),
        ("<script>alert(1)</script>", ""),
    ],
)  # fmt: skip
def test_browser_has_a_name_when_its_header_is_known(header: str, name: str) -> None:
    assert browser_name(header) == name
