"""The demo province: people, employers, officers and partners, all invented, the same for the same seed.

Nobody and nothing of it exists: identity numbers and credit codes have area 329999, telephone numbers begin with 120,
which is no mobile prefix, and organisations carry （演示） in their names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from suchang.demo.careers import CAREERS, Career, Life, declare_none, forget, working_conditions
from suchang.demo.names import full_name
from suchang.domain.account.roles import Role
from suchang.domain.people.identity import DEMO_AREA, check_character
from suchang.domain.people.organisation import credit_check_character
from suchang.domain.places import CITIES

SEED = 20261101
DAY = date(2026, 11, 1)
"""The day by which ages and dates are drawn, unless another is given: the same seed and day give the same people."""


@dataclass(frozen=True, slots=True)
class DemoEmployer:
    """An organisation; ``kind`` is a code of the pack's ``employer_kind``."""

    uscc: str
    name: str
    city: str
    kind: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person with what they can show; ``facts`` are those of the pack, without what the house knows itself."""

    number: str
    name: str
    birth_date: date
    phone: str
    city: str
    employer: DemoEmployer
    career: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """An officer; ``city`` None is the province."""

    username: str
    name: str
    number: str
    roles: tuple[Role, ...]
    city: str | None


@dataclass(frozen=True, slots=True)
class DemoPartner:
    """A cooperating organisation with its sites as (name, city)."""

    slug: str
    uscc: str
    name: str
    domain: str
    sites: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Province:
    """Everything at once."""

    employers: tuple[DemoEmployer, ...]
    people: tuple[DemoPerson, ...]
    officers: tuple[DemoOfficer, ...]
    partners: tuple[DemoPartner, ...]


def make_province(seed: int = SEED, people: int = 3000, day: date = DAY) -> Province:
    """Draw the province: one employer to ten people, officers of every role, partners of three domains."""
    rng = Random(seed)
    employers = tuple(_employers(rng, max(40, people // 10)))
    by_kind: dict[str, list[DemoEmployer]] = {}
    for kind, employer in employers:
        by_kind.setdefault(kind, []).append(employer)
    used: set[str] = set()
    return Province(
        employers=tuple(employer for _, employer in employers),
        people=tuple(_person(rng, place, by_kind, used, day) for place in range(people)),
        officers=tuple(_officers(rng, day)),
        partners=tuple(_partners(rng)),
    )


def resident_number(born: date, sequence: int) -> str:
    """Make a GB 11643 number of the demo area; an odd sequence is a man's."""
    body = f"{DEMO_AREA}{born:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


def credit_code(first: str, organisation: int) -> str:
    """Make a GB 32100 code of the demo area with its check character."""
    body = f"{first}{DEMO_AREA}{organisation:09d}"
    return body + credit_check_character(body)


# kind of organisation: (share, first two characters of the code, employer_kind, tags, names)
_KINDS: Mapping[str, tuple[int, str, str, tuple[str, ...], tuple[str, ...]]] = {
    "company": (
        52,
        "91",
        "private",
        (),
        ("精密机械", "新能源科技", "生物医药", "半导体", "智能装备", "新材料", "软件"),
    ),
    "foreign_company": (8, "91", "foreign_invested", (), ("电子", "汽车零部件", "医疗器械")),
    "state_company": (8, "91", "state_owned", (), ("重工", "电力设备", "建设工程")),
    "hospital": (8, "12", "public_institution", (), ("人民医院", "中医院")),
    "university": (5, "12", "public_institution", (), ("大学", "工程学院")),
    "school": (7, "12", "public_institution", (), ("中学", "职业技术学校")),
    "laboratory": (2, "12", "public_institution", ("LAB_TAIHU",), ("应用实验室",)),
    "station": (4, "12", "public_institution", ("GRASSROOTS",), ("农业技术推广站",)),
    "cooperative": (6, "93", "cooperative", ("GRASSROOTS",), ("果蔬专业合作社", "水产专业合作社", "茶叶专业合作社")),
}
_BRANDS = tuple(re.findall("..", "云岭江澜苏原东篱青禾明湖远航恒川汇泽启星锦程博雅天舟金穗长荡紫麓海曙瑞禾鼎元嘉澜"))
# Not every city is as large as the other; by rough shares of a hundred and thirty.
_CITY_SHARES = (19, 14, 9, 10, 22, 11, 5, 6, 7, 7, 6, 7, 5)


def _city(rng: Random) -> str:
    return rng.choices(tuple(CITIES), _CITY_SHARES)[0]


def _employers(rng: Random, count: int) -> Sequence[tuple[str, DemoEmployer]]:
    kinds = list(_KINDS)
    # One of each kind in any case, the others by share.
    drawn = kinds + rng.choices(kinds, [_KINDS[kind][0] for kind in kinds], k=count - len(kinds))
    return [(kind, _employer(rng, kind, place)) for place, kind in enumerate(drawn)]


def _employer(rng: Random, kind: str, place: int) -> DemoEmployer:
    _, first, code, tags, names = _KINDS[kind]
    city = _city(rng)
    brand, what = rng.choice(_BRANDS), rng.choice(names)
    ending = "有限公司" if first == "91" else ""
    name = f"{CITIES[city].name.zh}{brand}{what}{ending}（演示）"
    if kind == "company" and rng.random() < 0.15:
        tags = ("CHAIN_LEADER",)
    return DemoEmployer(credit_code(first, 100_000_000 + place), name, city, code, tags)


def _person(
    rng: Random, place: int, by_kind: Mapping[str, Sequence[DemoEmployer]], used: set[str], day: date
) -> DemoPerson:
    career: Career = rng.choices(CAREERS, [one.weight for one in CAREERS])[0]
    age = rng.randint(*career.ages)
    born = day - timedelta(days=age * 365 + age // 4 + rng.randint(1, 360))
    female = rng.random() < 0.46
    number = _unused(rng, born, female, used)
    employer = rng.choice([one for kind in career.employers for one in by_kind.get(kind, ())])
    life = Life(rng, day, age, rng.random())
    facts = declare_none(life, {**working_conditions(life), **career.write(life)})
    facts["employer_city"], facts["employer_kind"] = employer.city, employer.kind
    if employer.tags:
        facts["employer_tags"] = list(employer.tags)
    return DemoPerson(
        number=number,
        name=full_name(rng, female=female),
        birth_date=born,
        phone=f"120{place:08d}",
        city=employer.city,
        employer=employer,
        career=career.slug,
        facts=forget(rng, facts),
    )


def _unused(rng: Random, born: date, female: bool, used: set[str]) -> str:
    """Draw a number that nobody has; sequences above 900 are the officers'."""
    while True:
        number = resident_number(born, rng.randint(1, 450) * 2 - (0 if female else 1))
        if number not in used:
            used.add(number)
            return number


_PROVINCIAL = (
    ("approver", (Role.APPROVER,)),
    ("approver2", (Role.APPROVER,)),
    ("supervisor", (Role.SUPERVISOR,)),
    ("policy.editor", (Role.POLICY_EDITOR,)),
    ("policy.activator", (Role.POLICY_ACTIVATOR,)),
    ("auditor", (Role.AUDITOR,)),
    ("keys", (Role.KEY_CUSTODIAN,)),
    ("partners", (Role.PARTNER_ADMIN,)),
    ("admin", (Role.ADMINISTRATOR,)),
)


def _officers(rng: Random, day: date) -> Sequence[DemoOfficer]:
    """Draw a reviewer and a policy specialist for each city, and the offices of the province, each its own person."""
    posts: list[tuple[str, tuple[Role, ...], str | None]] = []
    for city in CITIES.values():
        short = city.name.en.lower().replace("'", "")
        posts.append((f"reviewer.{short}", (Role.REVIEWER,), city.code))
        posts.append((f"specialist.{short}", (Role.SPECIALIST,), city.code))
    posts += [(username, roles, None) for username, roles in _PROVINCIAL]
    found = []
    for place, (username, roles, city_code) in enumerate(posts):
        female = rng.random() < 0.5
        born = day - timedelta(days=rng.randint(28 * 365, 57 * 365))
        number = resident_number(born, 999 - place)
        found.append(DemoOfficer(username, full_name(rng, female=female), number, roles, city_code))
    return found


_PARTNERS = (
    ("hospital", "12", "江苏示范医院（演示）", "medical", "体检中心"),
    ("museum", "12", "江苏示范文体场馆（演示）", "culture_sport", "场馆"),
    ("station", "91", "江苏示范客运枢纽（演示）", "transport", "快速通道"),
)


def _partners(rng: Random) -> Sequence[DemoPartner]:
    found = []
    for place, (slug, first, name, domain, site) in enumerate(_PARTNERS):
        cities = rng.sample(tuple(CITIES), 3)
        sites = tuple((f"{CITIES[code].name.zh}{site}", code) for code in sorted(cities))
        found.append(DemoPartner(slug, credit_code(first, 900_000_000 + place), name, domain, sites))
    return found
