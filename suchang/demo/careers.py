"""What people of the demo province have done, in the facts of the Jiangsu pack.

A career is a kind of working life with its usual employers and ages; it writes the facts that somebody in it would be
able to show. ``standing`` between 0 and 1 says how far somebody has come, so that few reach the top of a ladder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

Facts = dict[str, Any]

TITLES = ("junior", "intermediate", "associate_senior", "senior")
GRADES = (
    *("junior", "intermediate", "senior", "technician", "senior_technician", "special_technician", "chief_technician"),
)
OCCUPATIONS = ("CHIP_DESIGN", "AI_ALGORITHM", "DRUG_DISCOVERY", "BATTERY", "CNC", "PRECISION_WELDING", "HUMANOID_ROBOT")
CLUSTERS = ("CHIPS", "SOFTWARE", "BIOMED", "NEW_ENERGY", "EQUIPMENT", "MACHINERY", "IOT", "TEXTILES", "GREEN_FOOD")


@dataclass(frozen=True, slots=True)
class Life:
    """Whose facts are written: the draw, the day, the age and how far this person has come (0 to 1)."""

    rng: Random
    today: date
    age: int
    standing: float

    def ago(self, least: float, most: float) -> str:
        """Return an ISO date between so many years ago."""
        return (self.today - timedelta(days=int(self.rng.uniform(least, most) * 365))).isoformat()

    def ahead(self, least: float, most: float) -> str:
        """Return an ISO date between so many years ahead."""
        return (self.today + timedelta(days=int(self.rng.uniform(least, most) * 365))).isoformat()

    def often(self, share: float) -> bool:
        """Tell by lot, true in this share of cases."""
        return self.rng.random() < share

    def rung(self, ladder: tuple[str, ...], bend: float = 1.6) -> str:
        """Return the rung of a ladder that the standing reaches; a larger ``bend`` makes the top rarer."""
        return ladder[min(len(ladder) - 1, int(self.standing**bend * len(ladder)))]


@dataclass(frozen=True, slots=True)
class Career:
    """One kind of working life; ``employers`` are the kinds of organisations (see ``province``) that it is led in."""

    slug: str
    weight: int
    ages: tuple[int, int]
    employers: tuple[str, ...]
    write: Callable[[Life], Facts]


def contribution(life: Life, code: str) -> Facts:
    """Write one contribution, more often led and verified the further somebody has come."""
    roles = ("participant", "key_member", "leader")
    done: Facts = {"code": code, "role": life.rung(roles, 1.0), "date": life.ago(0.2, 6.0)}
    done["confirmed"] = life.often(0.55 + 0.4 * life.standing)
    if code in ("TECH_TRANSFER", "INDUSTRIAL_PRODUCT"):
        done["amount"] = life.rng.choice((80, 200, 350, 500, 800, 1500))
    return done


def title(life: Life, series: str, issuer: str = "JS_HRSS", route: str = "review") -> Facts:
    """Write one professional title."""
    issuer = life.rng.choice((issuer, issuer, issuer, "SH_HRSS", "ZJ_HRSS"))
    return {
        "level": life.rung(TITLES, 1.3),
        "series": series,
        "issuer": issuer,
        "route": route,
        "date": life.ago(0.5, 9.0),
    }


def degree(life: Life, level: str, *, overseas: bool = False) -> Facts:
    """Write one degree, awarded in the middle twenties."""
    years = max(0.5, life.age - {"bachelor": 22, "master": 25, "doctor": 29}[level])
    return {
        "level": level,
        "date": life.ago(years, years + 0.9),
        "overseas": overseas,
        "listed_university": life.often(0.35),
    }


def assessed(life: Life) -> Facts:
    """Write the last yearly assessment, which most pass."""
    return {"last_assessment": life.rng.choices(("basic", "passed", "excellent"), (4, 76, 20))[0]}


def reviewed(life: Life) -> Facts:
    """Write a peer review of the work."""
    grades = ("failed", "passed", "good", "excellent")
    return {"peer_review": life.rung(grades, 0.8), "peer_review_date": life.ago(0.1, 4.0)}


def _researcher(life: Life) -> Facts:
    facts: Facts = {
        "degrees": [degree(life, "doctor", overseas=life.often(0.2))],
        "titles": [title(life, "RESEARCH")],
        "contributions": [contribution(life, life.rng.choice(("KEY_TECHNOLOGY", "TECH_TRANSFER", "MAJOR_PROJECT")))],
        "representative_works": life.rng.randint(1, 6),
        **reviewed(life),
        **assessed(life),
    }
    if life.standing > 0.97:
        facts["honours"] = [{"code": "STRATEGIC_SCI", "date": life.ago(0.5, 4.0)}]
    elif life.standing > 0.9:
        facts["honours"] = [
            {"code": life.rng.choice(("NAT_BQW", "NAT_ALLOWANCE", "PROV_TUGONG")), "date": life.ago(1, 8)}
        ]
    elif life.standing > 0.82:
        facts["positions"] = [{"code": "INNO_TEAM_CORE", "start": life.ago(1, 3), "end": life.ahead(1, 3)}]
    return facts


def _engineer(life: Life) -> Facts:
    code = life.rng.choice(("DIGITAL_TRANSFORMATION", "INDUSTRIAL_PRODUCT", "KEY_TECHNOLOGY", "STANDARD"))
    facts: Facts = {
        "occupation": life.rng.choice(OCCUPATIONS),
        "cluster": life.rng.choice(CLUSTERS),
        "titles": [title(life, life.rng.choice(("ENGINEERING", "DIGITAL", "BIOPHARMA")))],
        "degrees": [degree(life, life.rng.choice(("bachelor", "master")))],
        "continuing_education_hours": life.rng.choice((40, 72, 90, 96, 120)),
        "contributions": [contribution(life, code)],
        **assessed(life),
    }
    if life.standing > 0.85:
        facts["nominations"] = [{"code": life.rng.choice(("CHAIN_LEADER", "CHAIN_KEY")), "date": life.ago(0.1, 2)}]
    if life.standing > 0.96:
        facts["honours"] = [{"code": "ENT_CHIEF_EXPERT", "date": life.ago(0.5, 4)}]
    return facts


def _skilled_worker(life: Life) -> Facts:
    issuer = life.rng.choice(("JS_SKILL", "JS_SKILL", "JS_ENTERPRISE_SKILL", "SH_SKILL", "AH_SKILL"))
    facts: Facts = {
        "occupation": life.rng.choice(("CNC", "PRECISION_WELDING", "HUMANOID_ROBOT")),
        "skills": [{"grade": life.rung(GRADES, 1.2), "issuer": issuer, "date": life.ago(0.5, 8)}],
        "contributions": [contribution(life, life.rng.choice(("CRAFT_IMPROVEMENT", "APPRENTICE_TRAINING")))],
        "apprentices_trained": life.rng.randint(0, 7),
        **assessed(life),
    }
    if life.standing > 0.95:
        facts["honours"] = [{"code": life.rng.choice(("JS_CRAFTSMAN", "ENT_CHIEF_TECH")), "date": life.ago(0.5, 5)}]
    elif life.standing > 0.88:
        facts["awards"] = [{"code": "NAT_SKILLS", "rank": life.rng.randint(1, 12), "date": life.ago(0.3, 5)}]
    return facts


def _physician(life: Life) -> Facts:
    traditional = life.often(0.2)
    return {
        "sector": "tcm" if traditional else "health",
        "titles": [title(life, "HEALTH", "JS_HOSPITAL")],
        "qualifications": [{"code": "CN_PHYSICIAN", "date": life.ago(3, 15), "valid_until": life.ahead(1, 5)}],
        "degrees": [degree(life, life.rng.choice(("bachelor", "master", "doctor")))],
        "contributions": [contribution(life, "TCM_HERITAGE" if traditional else "CLINICAL_INNOVATION")],
        "continuing_education_hours": life.rng.choice((60, 90, 100)),
        **assessed(life),
    }


def _teacher(life: Life) -> Facts:
    return {
        "sector": "teaching",
        "titles": [title(life, "TEACHING", "JS_UNIVERSITY")],
        "degrees": [degree(life, life.rng.choice(("bachelor", "master", "doctor")))],
        "contributions": [contribution(life, life.rng.choice(("TEACHING_REFORM", "TALENT_TRAINING")))],
        **assessed(life),
    }


def _rural(life: Life) -> Facts:
    facts: Facts = {
        "sector": "agriculture",
        "titles": [title(life, "RURAL", route=life.rng.choice(("review", "targeted")))],
        "contributions": [contribution(life, life.rng.choice(("RURAL_INDUSTRY", "RURAL_INCOME", "VARIETY_BREEDING")))],
        "households_led": life.rng.choice((0, 5, 12, 20, 35, 60)),
        "grassroots_service_months": life.rng.choice((0, 6, 24, 36)),
        **assessed(life),
    }
    if life.standing > 0.8:
        facts["honours"] = [{"code": "RURAL_LEADER", "date": life.ago(0.5, 5)}]
    return facts


def _postdoc(life: Life) -> Facts:
    facts: Facts = {
        "degrees": [degree(life, "doctor", overseas=life.often(0.3))],
        "positions": [{"code": "POSTDOC", "start": life.ago(0.2, 1.8), "end": life.ahead(-0.3, 2)}],
        "representative_works": life.rng.randint(1, 5),
        **reviewed(life),
    }
    if life.standing > 0.85:
        facts["honours"] = [{"code": "EXCEL_POSTDOC", "date": life.ago(0.1, 2)}]
    return facts


def _returnee(life: Life) -> Facts:
    return {
        "degrees": [degree(life, life.rng.choice(("master", "doctor")), overseas=True)],
        "titles": [title(life, "ENGINEERING", route="green_channel" if life.standing > 0.8 else "review")],
        "contributions": [contribution(life, "TECH_TRANSFER")],
        "months_in_jiangsu": life.rng.choice((3, 6, 9, 12)),
        "business_in_jiangsu": life.often(0.4),
        **reviewed(life),
    }


def _graduate(life: Life) -> Facts:
    return {"degrees": [degree(life, life.rng.choice(("bachelor", "master")))], **assessed(life)}


CAREERS = (
    Career("engineer", 28, (24, 58), ("company", "foreign_company", "state_company"), _engineer),
    Career("skilled_worker", 24, (20, 58), ("company", "state_company", "foreign_company"), _skilled_worker),
    Career("teacher", 9, (24, 59), ("school", "university"), _teacher),
    Career("physician", 10, (26, 60), ("hospital",), _physician),
    Career("researcher", 9, (28, 62), ("university", "laboratory", "company"), _researcher),
    Career("rural", 6, (24, 62), ("cooperative", "station"), _rural),
    Career("postdoc", 4, (28, 39), ("university", "laboratory"), _postdoc),
    Career("returnee", 4, (26, 52), ("company",), _returnee),
    Career("graduate", 6, (21, 30), ("company", "state_company", "school"), _graduate),
)


def working_conditions(life: Life) -> Facts:
    """Write where and how somebody is employed: nearly all here, some in a centre elsewhere, some contracts over."""
    lot = life.rng.random()
    contract = "open" if life.often(0.35) else life.ahead(0.2, 6)
    if lot < 0.04:
        # An R&D centre outside the province that a Jiangsu firm owns: insured where the centre is.
        here: Facts = {
            "employer_in_jiangsu": True,
            "social_insurance_in_jiangsu": False,
            "rd_centre_owned_by_jiangsu_firm": True,
            "contributes_to_jiangsu_owner": life.often(0.7),
        }
    elif lot < 0.08:
        here = {"employer_in_jiangsu": False, "social_insurance_in_jiangsu": False}
    else:
        here = {"employer_in_jiangsu": True, "social_insurance_in_jiangsu": True}
        if lot < 0.12:
            contract = life.ago(0.05, 1.0)
    return {**here, "contract_until": contract}


_LISTS = ("awards", "contributions", "honours", "nominations", "positions", "qualifications", "skills", "titles")


def declare_none(life: Life, facts: Facts) -> Facts:
    """Let most people say that they have no award, no honour and so on; what is not said stays unknown."""
    if life.often(0.15):
        return facts
    return {**{name: [] for name in _LISTS}, **facts}


def forget(rng: Random, facts: Mapping[str, Any]) -> Facts:
    """Leave out what somebody has not handed in: nothing for most, one to three facts for the others."""
    lost = rng.choices((0, 1, 2, 3), (68, 18, 9, 5))[0]
    gone = set(rng.sample(sorted(facts), min(lost, len(facts))))
    return {name: value for name, value in facts.items() if name not in gone}
