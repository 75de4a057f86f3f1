"""Further chapters of the story: a supplement, an appeal, a suspension, a departure, a renewal; all through HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask

from suchang.demo.broken import StoryBroken
from suchang.demo.cast import CITY, Cast, demo_credit_code, demo_number, demo_phone
from suchang.domain.clock import local_date
from suchang.domain.ids import new_id
from suchang.persistence.models import Employer
from suchang.persistence.unit_of_work import unit_of_work

Call = Callable[..., Any]
APPROVE = {"outcome": "approve", "reason": "材料齐全，符合条件。"}


@dataclass(frozen=True, slots=True)
class Offices:
    """The sessions of the officers: the first two who decide, two others, a supervisor."""

    reviewer: str
    approver: str
    other_reviewer: str
    other_approver: str
    supervisor: str


@dataclass(frozen=True, slots=True)
class Chapters:
    """Plays the chapters; ``call`` must succeed, ``send`` may be refused, ``done`` records a step."""

    app: Flask
    cast: Cast
    offices: Offices
    call: Call
    send: Call
    done: Callable[[str, str], None]

    def play(self) -> None:
        """Play all of them; raises StoryBroken at the first step that does not end as it must."""
        self._supplement()
        self._appeal()
        self._departure()
        self._renewal()

    def suspend_and_restore(self, card: str, verify: Callable[[str, str, str | None], Any]) -> None:
        """Suspend the holder's card and let somebody else restore it; the hospital asks both times."""
        body = {"because": "lost", "reason": "持卡人来电说手机找不到了。"}
        state = self.call("POST", f"/api/v1/cards/{card}/suspend", self.offices.approver, json=body)["state"]
        self.done("suspend", f"card is {state}")
        verify("verify while suspended", "refused", "suspended")
        found = {"reason": "手机找到了。"}
        self._refused("POST", f"/api/v1/cards/{card}/restore", self.offices.approver, "four_eyes", json=found)
        state = self.call("POST", f"/api/v1/cards/{card}/restore", self.offices.other_approver, json=found)["state"]
        self.done("restore", f"card is {state}, by somebody else than who suspended it")

    def _supplement(self) -> None:
        person = self._person("周明远")
        case = self._apply(person, self.cast.facts)
        self.call("POST", f"/api/v1/applications/{case}/claim", self.offices.reviewer, json={})
        wanted = {"documents": ["劳动合同第 2 页", "近六个月社保证明"], "reason": "扫描件缺页。"}
        path = f"/api/v1/applications/{case}/request-supplement"
        asked = self.call("POST", path, self.offices.reviewer, json=wanted)
        self.done("ask for documents", f"{len(asked['missing'])} named at once, the review's limit stands still")
        for title in wanted["documents"]:
            body = {"title": title, "facts": {}}
            self.call("POST", f"/api/v1/me/applications/{case}/evidence", person, json=body)
        state = self.call("POST", f"/api/v1/me/applications/{case}/submit", person, json={})["state"]
        self.done("supplement", f"handed in, state {state}")
        again = self.send("POST", path, self.offices.reviewer, json=wanted)
        if again.status_code != 409:
            raise StoryBroken("Documents could be asked for twice.")
        self.done("ask again", "refused: documents are asked for once (409)")
        self._approve(case, self.offices.reviewer, self.offices.approver)

    def _appeal(self) -> None:
        person = self._person("沈若兰")
        lacking = {key: value for key, value in self.cast.facts.items() if key != "honours"}
        case = self._apply(person, lacking)
        self.call("POST", f"/api/v1/applications/{case}/claim", self.offices.reviewer, json={})
        found = self.call("GET", f"/api/v1/applications/{case}", self.offices.reviewer)["determination"]["result"]
        miss = found["nearest_miss"][0]["rule"] if found["nearest_miss"] else "JS-C-01"
        refusal = {"outcome": "reject", "reason": "没有提交所需的荣誉证明。", "rule": miss}
        self.call("POST", f"/api/v1/applications/{case}/review", self.offices.reviewer, json=refusal)
        decision = f"/api/v1/applications/{case}/decision"
        state = self.call("POST", decision, self.offices.approver, json=refusal)["state"]
        self.done("reject", f"state {state}, with reason and rule {miss}")
        body = {"reason": "荣誉证书当时没有附上。"}
        state = self.call("POST", f"/api/v1/me/applications/{case}/appeal", person, json=body)["state"]
        self.done("appeal", f"state {state}")
        self._refused("POST", f"/api/v1/applications/{case}/claim", self.offices.reviewer, "others_required", json={})
        self.done("others", "the first reviewer can't take it again (403)")
        other = self.offices.other_reviewer
        self.call("POST", f"/api/v1/applications/{case}/claim", other, json={})
        wanted = {"documents": ["荣誉证书"], "reason": "请补交。"}
        self.call("POST", f"/api/v1/applications/{case}/request-supplement", other, json=wanted)
        proof = {"title": "荣誉证书", "facts": {"honours": self.cast.facts["honours"]}}
        self.call("POST", f"/api/v1/me/applications/{case}/evidence", person, json=proof)
        self.call("POST", f"/api/v1/me/applications/{case}/submit", person, json={})
        self._approve(case, other, self.offices.other_approver)

    def _departure(self) -> None:
        first, second = self._employer("演示机械厂"), self._employer("演示研究院")
        person = self._person("顾一鸣")
        case = self._apply(person, self.cast.facts, employer=first.uscc)
        confirm = f"/api/v1/employers/{first.uscc}/confirmations/{case}"
        self.call("POST", confirm, first.contact, json={"employed": True})
        self.done("employer confirms", "the employment is confirmed by the employer's contact")
        self._approve(case, self.offices.reviewer, self.offices.approver)
        card = self.call("GET", "/api/v1/me/card", person)
        number = {"number": card["number"]}
        state = self.call("POST", f"/api/v1/employers/{first.uscc}/departures", first.contact, json=number)["state"]
        self.done("departure", f"the employer says that the holder left, card is {state}")
        move = f"/api/v1/cards/{card['id']}/move-employer"
        self._refused("POST", move, self.offices.approver, "employer_required", json={"reason": "入职"})
        self.call("POST", f"/api/v1/employers/{second.uscc}/arrivals", second.contact, json=number)
        state = self.call("POST", move, self.offices.approver, json={"reason": "新单位已确认。"})["state"]
        self.done("move", f"the next employer confirmed, card is {state}")

    def _renewal(self) -> None:
        today = local_date(self.app.extensions["suchang"].clock())
        person = self._person("许安")
        short = {**self.cast.facts, "contract_until": (today + timedelta(days=45)).isoformat()}
        self._approve(self._apply(person, short), self.offices.reviewer, self.offices.approver)
        card = self.call("GET", "/api/v1/me/card", person)
        self.done("card ends early", f"with the labour contract, {card['valid_until']}; renewal is open already")
        case = self._apply(person, self.cast.facts)
        self._approve(case, self.offices.other_reviewer, self.offices.other_approver)
        renewed = self.call("GET", "/api/v1/me/card", person)
        if renewed["id"] == card["id"] or renewed["valid_until"] <= card["valid_until"]:
            raise StoryBroken("The renewal brought no new card.")
        self.done("renew", f"a new card until {renewed['valid_until']}, the old one is replaced")

    def _person(self, name: str, phone: str = "") -> str:
        phone = phone or demo_phone()
        code = self.call("POST", "/api/v1/sign-in/codes", json={"phone": phone})["code"]
        token = self.call("POST", "/api/v1/sign-in", json={"phone": phone, "code": code})["token"]
        identity = {"type": "resident_id", "number": demo_number()}
        self.call("PUT", "/api/v1/me", token, json={"name": name, "identity": identity, "city": CITY})
        return str(token)

    def _apply(self, person: str, facts: Mapping[str, Any], **more: Any) -> str:
        body = {"city": CITY, "facts": dict(facts), **more}
        case = str(self.call("POST", "/api/v1/me/applications", person, json=body)["id"])
        self.call("POST", f"/api/v1/me/applications/{case}/submit", person, json={})
        return case

    def _approve(self, case: str, reviewer: str, approver: str) -> None:
        path = f"/api/v1/applications/{case}"
        shown = self.call("GET", path, reviewer)
        if shown["state"] != "in_review":
            self.call("POST", f"{path}/claim", reviewer, json={})
        for piece in shown["evidence"]:
            if piece["facts"]:
                self.call("POST", f"{path}/evidence/{piece['id']}/checked", reviewer, json={"source": "原件"})
        self.call("POST", f"{path}/review", reviewer, json=APPROVE)
        tier = shown["determination"]["result"]["tier"]
        if tier is None:
            raise StoryBroken("The engine determined no tier for somebody who qualifies.")
        state = self.call("POST", f"{path}/decision", approver, json={**APPROVE, "tier": tier})["state"]
        self.done("approved", f"tier {tier}, state {state}")

    def _refused(self, method: str, path: str, token: str, code: str, **options: Any) -> None:
        answer = self.send(method, path, token, **options)
        if (answer.get_json(silent=True) or {}).get("code") != code:
            raise StoryBroken(f"{method} {path} answered {answer.status_code}, and not {code}.")

    def _employer(self, name: str) -> Speaker:
        collaborators, uscc = self.app.extensions["suchang"], demo_credit_code()
        with unit_of_work(collaborators.sessions) as session:
            session.add(
                Employer(id=new_id("emp"), uscc=uscc, name=name, city=CITY, kind="enterprise", tags=[],
                         created_at=collaborators.clock())
            )  # fmt: skip
        phone = demo_phone()
        contact = self._person("演示人事专员", phone)
        self.call("POST", f"/api/v1/employers/{uscc}/contacts", self.offices.supervisor, json={"phone": phone})
        return Speaker(uscc, contact)


@dataclass(frozen=True, slots=True)
class Speaker:
    """An employer and the session of whoever speaks for it."""

    uscc: str
    contact: str
