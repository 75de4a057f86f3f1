"""What people say of themselves in the pre-check, and the facts that follow from it.

Three questions: what fits best, where the work is, what was achieved lately. The answers are a few keys, small enough
for an address; the facts are those of the rule pack. Nothing here decides anything: the engine does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from suchang.domain.vocabulary import Text

Facts = dict[str, Any]


@dataclass(frozen=True)
class Profile:
    """One answer to the first question: what somebody is, and the facts that say so on a day."""

    key: str
    group: str
    name: Text
    facts: Callable[[date], Facts]


def _ago(day: date, days: int = 400) -> str:
    return (day - timedelta(days=days)).isoformat()


def _ahead(day: date, days: int = 900) -> str:
    return (day + timedelta(days=days)).isoformat()


def _honour(code: str) -> Callable[[date], Facts]:
    return lambda day: {"honours": [{"code": code, "date": _ago(day)}]}


def _post(code: str, **more: Any) -> Callable[[date], Facts]:
    return lambda day: {"positions": [{"code": code, "start": _ago(day), "end": _ahead(day)}], **more}


def _title(level: str, series: str | None = None, route: str = "review") -> Callable[[date], Facts]:
    record = {"level": level, "issuer": "JS_HRSS", "route": route} | ({"series": series} if series else {})
    return lambda day: {"titles": [record | {"date": _ago(day)}]}


def _skill(grade: str) -> Callable[[date], Facts]:
    return lambda day: {"skills": [{"grade": grade, "issuer": "JS_SKILL", "date": _ago(day)}]}


def _award(code: str, rank: int) -> Callable[[date], Facts]:
    return lambda day: {"awards": [{"code": code, "rank": rank, "date": _ago(day)}]}


def _degree(level: str, **more: Any) -> Callable[[date], Facts]:
    return lambda day: {"degrees": [{"level": level, "date": _ago(day), **more}]}


PROFILES: tuple[Profile, ...] = (
    Profile("chief_tech", "skill", Text("省企业首席技师", "Provincial chief technician"), _honour("ENT_CHIEF_TECH")),
    Profile("craftsman", "skill", Text("江苏工匠", "Jiangsu Craftsman"), _honour("JS_CRAFTSMAN")),
    Profile("grand_craftsman", "skill", Text("江苏大工匠", "Jiangsu Grand Craftsman"), _honour("JS_GRAND_CRAFTSMAN")),
    Profile("special_tech", "skill", Text("特级技师", "Special-grade technician"), _skill("special_technician")),
    Profile("senior_tech", "skill", Text("高级技师", "Senior technician"), _skill("senior_technician")),
    Profile("technician", "skill", Text("技师", "Technician"), _skill("technician")),
    Profile("worldskills", "skill", Text("世界技能大赛奖牌", "WorldSkills medal"), _award("WORLDSKILLS", 1)),
    Profile("nat_skills", "skill", Text("全国技能竞赛前三名", "National contest, top three"), _award("NAT_SKILLS", 2)),
    Profile("allowance", "expert", Text("国务院特殊津贴", "State Council special allowance"), _honour("NAT_ALLOWANCE")),
    Profile("bqw", "expert", Text("百千万人才工程国家级人选", "National talent project selection"), _honour("NAT_BQW")),
    Profile("tugong", "expert", Text("省有突出贡献中青年专家", "Provincial expert of merit"), _honour("PROV_TUGONG")),
    Profile("chief_expert", "expert", Text("企业首席专家", "Chief expert of a company"), _honour("ENT_CHIEF_EXPERT")),
    Profile("inno_leader", "expert", Text("创新型领军人才", "Leading innovator"), _honour("INNO_LEADER")),
    Profile("full_senior", "title", Text("正高级职称", "Full senior title"), _title("senior")),
    Profile("senior_title", "title", Text("副高级职称", "Associate senior title"), _title("associate_senior")),
    Profile("green", "title", Text("考核认定“绿色通道”职称", "Title by the green channel"),
            _title("associate_senior", route="green_channel")),
    Profile("excel_postdoc", "youth", Text("卓越博士后", "Outstanding postdoc"), _honour("EXCEL_POSTDOC")),
    Profile("postdoc", "youth", Text("在站博士后", "Postdoc at a station"), _post("POSTDOC")),
    Profile("top_grad", "youth", Text("名校优生（硕士以上）", "Graduate of a listed university (master's or higher)"),
            _degree("master", listed_university=True)),
    Profile("returnee", "youth", Text("留学回国（硕士以上）", "Returnee (master's or higher)"),
            _degree("master", overseas=True)),
    Profile("permit", "youth", Text("海外高层次人才居住证", "Overseas talent permit"),
            lambda day: {"overseas_permit_until": _ahead(day), "months_in_jiangsu": 8}),
    Profile("rural_prof", "rural", Text("“教授级”乡土人才", "Professor-level rural talent"), _title("senior", "RURAL")),
    Profile("rural_leader", "rural", Text("乡土人才带头人", "Leader of rural talents"),
            lambda day: {**_honour("RURAL_LEADER")(day), "households_led": 25}),
    Profile("other", "other", Text("以上都不是", "None of these"), lambda _day: {}),
)  # fmt: skip
"""What somebody may be, in the order in which it is asked; codes are those of the rule pack."""

GROUPS: Mapping[str, Text] = {
    "skill": Text("高技能人才", "Skilled workers"),
    "expert": Text("专家和领军人才", "Experts and leaders"),
    "title": Text("职称", "Professional titles"),
    "youth": Text("青年和海外人才", "Young and overseas talents"),
    "rural": Text("乡土人才", "Rural talents"),
    "other": Text("其他", "Other"),
}

PLACES: Mapping[str, Text] = {
    "employed": Text("在江苏的单位工作，社保在江苏", "Employed in Jiangsu, social insurance in Jiangsu"),
    "founder": Text("在江苏创业（企业、合作社、个体）", "Running a business or cooperative in Jiangsu"),
    "rd_centre": Text(
        "在外省，单位是江苏企业的研发中心或分公司", "Elsewhere, at an R&D centre or branch of a Jiangsu firm"
    ),
    "elsewhere": Text("还没有到江苏工作", "Not working in Jiangsu yet"),
}

MERITS: Mapping[str, Text] = {
    "led": Text(
        "近五年主持过项目或攻关，单位可以证明", "Led a project in the last five years; the employer can confirm it"
    ),
    "member": Text(
        "近五年是主要完成人之一，或带徒三人以上", "Was a key member in five years, or trained three apprentices"
    ),
    "reviewed": Text("近三年同行评议良好以上", "Peer review good or better in the last three years"),
    "assessed": Text("上年度考核合格", "Passed last year's assessment"),
}


def profile(key: str) -> Profile | None:
    """Find an answer to the first question by its key."""
    return next((one for one in PROFILES if one.key == key), None)


def _place_facts(key: str, day: date) -> Facts:
    here = {"employer_in_jiangsu": True, "social_insurance_in_jiangsu": True, "contract_until": _ahead(day)}
    known: dict[str, Facts] = {
        "employed": here,
        "founder": {"business_in_jiangsu": True, "contract_until": _ahead(day)},
        "rd_centre": {
            "employer_in_jiangsu": False,
            "social_insurance_in_jiangsu": False,
            "business_in_jiangsu": False,
            "rd_centre_owned_by_jiangsu_firm": True,
            "contributes_to_jiangsu_owner": True,
            "contract_until": _ahead(day),
        },
        "elsewhere": {
            "employer_in_jiangsu": False,
            "social_insurance_in_jiangsu": False,
            "business_in_jiangsu": False,
            "rd_centre_owned_by_jiangsu_firm": False,
            "overseas_base_owned_by_jiangsu_unit": False,
        },
    }
    return known.get(key, {})


def _merit_facts(keys: Iterable[str], group: str, day: date) -> Facts:
    chosen = set(keys)
    facts: Facts = {"fraud_bar": False}
    code = {"skill": "CRAFT_IMPROVEMENT", "rural": "RURAL_INDUSTRY"}.get(group, "KEY_TECHNOLOGY")
    role = "leader" if "led" in chosen else "key_member" if "member" in chosen else None
    if role:
        facts["contributions"] = [{"code": code, "role": role, "date": _ago(day), "confirmed": True}]
    if "reviewed" in chosen:
        facts |= {"peer_review": "good", "peer_review_date": _ago(day)}
    if "assessed" in chosen:
        facts["last_assessment"] = "passed"
    return facts


_NOTHING_ELSE: Facts = {
    name: [] for name in ("honours", "awards", "positions", "titles", "skills", "degrees", "qualifications",
                          "nominations", "contributions", "employer_tags")
} | {"foreign_national": False}  # fmt: skip


def precheck_facts(key: str, place: str, merits: Iterable[str], day: date) -> Facts:
    """Return the facts for the pre-check: what was not chosen is taken as not there, so that the answer is short."""
    chosen = set(merits)
    said = facts_of(key, place, chosen, day)
    trained = {
        "apprentices_trained": 3 if chosen & {"led", "member"} else 0,
        "overseas_base_owned_by_jiangsu_unit": False,
    }
    reviewed = {} if "reviewed" in chosen else {"peer_review": "failed"}
    return _NOTHING_ELSE | trained | reviewed | said


def facts_of(key: str, place: str, merits: Iterable[str], day: date) -> Facts:
    """Return the facts of a set of answers on a day; an answer that nobody knows says nothing."""
    chosen = profile(key)
    group = chosen.group if chosen else "other"
    own = chosen.facts(day) if chosen else {}
    return own | _place_facts(place, day) | _merit_facts(merits, group, day)
