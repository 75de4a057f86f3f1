"""Tell a determination to a person: the result, why, what is missing, and what nearly held."""

from __future__ import annotations

from suchang.eligibility.pack.model import Label, Status
from suchang.eligibility.single.determination import Determination

_WORDS = {
    "tier": ("资格认定（{on}）：{tier}", "Determination on {on}: {tier}"),
    "none": ("未达到任何层次", "no tier"),
    "possible": ("补充证明后可能达到：{}", "Possible once evidence is added: {}"),
    "valid": ("有效期 {}", "valid for {}"),
    "met": ("符合的规则", "Rules that are met"),
    "unknown": ("证明不足，尚不能判断的规则", "Rules that can't be settled yet"),
    "needs": ("需要：{}", "needs: {}"),
    "near": ("距离更高层次最近的规则", "Nearest rules of better tiers"),
    "missing": ("还缺：{}", "missing: {}"),
    "waiver": ("使用的放宽条件：{}", "waived by: {}"),
    "assumption": ("（假设，非公布政策）", " (assumption, not published policy)"),
    "note": (
        "本结果由规则引擎得出，供审核参考；是否认定由工作人员决定，您有权要求说明。",
        "The engine determines; an officer decides. You may ask for an explanation.",
    ),
    "pack": ("规则包 {} {}", "Pack {} {}"),
}


def report(found: Determination, lang: str) -> str:
    """Write a determination as plain text in Chinese or English."""
    pack = found.edition.pack
    answer = found.to_json(lang)

    def say(key: str, *values: str, **named: str) -> str:
        return _WORDS[key][1 if lang == "en" else 0].format(*values, **named)

    def text(label: Label) -> str:
        return label.text(lang)

    comma = "; " if lang == "en" else "；"
    names = {tier.id: f"{tier.id} {text(tier.name)}" for tier in pack.tiers}
    tier = names[found.tier] if found.tier else say("none")
    head = say("tier", on=found.on.isoformat(), tier=tier)
    if answer["valid_for"]:
        head += f" · {say('valid', answer['valid_for'])}"
    lines = [head]
    if found.possible_tier != found.tier and found.possible_tier:
        lines.append(say("possible", names[found.possible_tier]))
    if found.met:
        lines += ["", say("met")]
    for met, each in zip(found.met, answer["met"], strict=True):
        version = met.rule.version
        mark = say("assumption") if version.status is Status.ASSUMPTION else ""
        source = f"{text(pack.documents[version.source.document].title)} {version.source.section}"
        lines.append(f"  {met.rule.id} [{each['tier']}] {text(version.name)}{mark} — {source}")
        lines += [f"    · {reason['text']}" for reason in each["because"]]
        if met.waivers:
            lines.append(f"    · {say('waiver', ', '.join(met.waivers))}")
    if found.unknown:
        lines += ["", say("unknown")]
    for opened in found.unknown:
        needed = comma.join(text(pack.facts[name].label) for name in opened.needs)
        lines.append(f"  {opened.rule.id} [{opened.rule.version.tiers[0]}] {text(opened.rule.version.name)}")
        lines.append(f"    · {say('needs', needed)}")
    if found.nearest_miss:
        lines += ["", say("near")]
    for near, each in zip(found.nearest_miss, answer["nearest_miss"], strict=True):
        lines.append(f"  {near.rule.id} [{each['tier']}] {text(near.rule.version.name)}")
        lines.append(f"    · {say('missing', comma.join(miss['text'] for miss in each['missing']))}")
    return "\n".join([*lines, "", say("note"), say("pack", pack.id, pack.version), ""])
