"""The conditions of the application's table: each one a test, a stable code and a sentence in two languages."""

from __future__ import annotations

from typing import Final

from suchang.domain.lifecycle import rules
from suchang.domain.lifecycle.context import Context
from suchang.domain.lifecycle.states import Kind, Outcome
from suchang.domain.lifecycle.working_days import has_lapsed

Guard = rules.Guard[Context]

OWN: Final = Guard(
    "not_own_case",
    "只有申请人本人可以办理此事项。",
    "Only the applicant can do this.",
    lambda c: c.actor.person == c.case.applicant and c.actor.on_behalf_of is None,
)
NOT_A_PARTY: Final = Guard(
    "party_to_case",
    "您或您所代理的人是本案的申请方,不能办理。",
    "You, or the person you stand in for, are on the applicant's side of this case.",
    lambda c: not (c.actor.people & c.case.parties),
)
NO_CONFLICT: Final = Guard(
    "conflict_declared",
    "您或您所代理的人已申报与本案的利益冲突,须回避。",
    "You, or the person you stand in for, have declared a conflict of interest in this case.",
    lambda c: not (c.actor.people & c.case.conflicts),
)
NOT_EARLIER: Final = Guard(
    "others_required",
    "您或您所代理的人在前一轮办理过本案,本轮须由其他人办理。",
    "This round must be handled by people who took no part in an earlier one.",
    lambda c: not (c.actor.people & c.case.earlier),
)
NOT_REVIEWER: Final = Guard(
    "four_eyes",
    "审核与审批须由不同的人办理。",
    "Reviewer and approver must be different people.",
    lambda c: not (c.actor.people & c.case.reviewers) and c.case.claimed_by not in c.actor.people,
)
NOT_DECIDER: Final = Guard(
    "four_eyes",
    "您已参与本案的审批,不能再审核。",
    "You have taken part in deciding this case and can't review it.",
    lambda c: not (c.actor.people & c.case.deciders),
)
NOT_PROPOSER: Final = Guard(
    "second_person_required",
    "与认定结果不同的决定须由另一位审批人确认。",
    "A decision against the determination needs a second, different approver.",
    lambda c: bool(c.case.proposed_by) and not (c.actor.people & c.case.proposed_by),
)
CLAIMANT: Final = Guard(
    "not_claimed_by_you",
    "本案不在您的名下,请先领取。",
    "This case isn't claimed by you.",
    lambda c: c.case.claimed_by is not None and c.case.claimed_by in c.actor.named,
)
REASON: Final = Guard(
    "reason_required", "请写明理由。", "Please give the reason in writing.", lambda c: bool(c.reason.strip())
)
RULE: Final = Guard(
    "rule_required",
    "不予通过须写明所依据的条款。",
    "A refusal must name the rule that it rests on.",
    lambda c: bool(c.rule.strip()),
)
CONFIRMER_NOT_APPLICANT: Final = Guard(
    "party_to_case",
    "申请人不能为本人确认劳动关系。",
    "Applicants can't confirm their own employment.",
    lambda c: c.case.applicant not in c.actor.people,
)
NOT_BARRED: Final = Guard(
    "barred",
    "因弄虚作假,申请人仍在限制申请期内。",
    "The applicant is barred because of an earlier fraud.",
    lambda c: c.case.barred_until is None or c.today >= c.case.barred_until,
)
ONE_CARD: Final = Guard(
    "card_exists",
    "申请人已持有有效的人才卡。",
    "The applicant already holds a card.",
    lambda c: not c.case.has_live_card or c.case.replaces_card,
)
RENEWAL_OPEN: Final = Guard(
    "renewal_too_early",
    "未到续期办理时间:到期前六十日起可以办理。",
    "It is too early to renew: renewal opens 60 days before the card expires.",
    lambda c: c.case.kind is not Kind.RENEWAL or (c.case.renews_from is not None and c.today >= c.case.renews_from),
)
DOCUMENTS_NAMED: Final = Guard(
    "documents_required",
    "请一次性列明需要补正的全部材料。",
    "Name every missing document, all at once.",
    lambda c: bool(c.documents) and all(one.strip() for one in c.documents),
)
FIRST_SUPPLEMENT: Final = Guard(
    "supplement_already_requested",
    "补正材料只能一次性告知,本轮已经告知过。",
    "Missing documents are asked for once and completely, and that was done in this round.",
    lambda c: c.case.supplements < c.limits.supplements_per_round,
)
ALL_SUPPLIED: Final = Guard(
    "supplement_incomplete",
    "仍有需要补正的材料未提交。",
    "Some of the documents asked for are still missing.",
    lambda c: c.case.missing <= c.documents,
)
OUTCOME_GIVEN: Final = Guard(
    "outcome_required",
    "请给出审核意见:建议通过或建议不予通过。",
    "Say whether you recommend approval or refusal.",
    lambda c: c.outcome is not None,
)
REFUSAL_REASONED: Final = Guard(
    "reason_required",
    "建议不予通过须写明理由和所依据的条款。",
    "Recommending refusal needs a reason and the rule that it rests on.",
    lambda c: c.outcome is not Outcome.REJECT or (bool(c.reason.strip()) and bool(c.rule.strip())),
)
RECOMMENDED_YES: Final = Guard(
    "not_recommended",
    "审核意见不是建议通过,请退回重新审核。",
    "The reviewer didn't recommend approval; send the case back first.",
    lambda c: c.case.recommendation is Outcome.APPROVE,
)
NOTICE_NEEDED: Final = Guard(
    "notice_not_required",
    "该类别不需要公示。",
    "This tier needs no public notice.",
    lambda c: c.grant is not None and c.grant in c.notice_tiers,
)
NOTICE_DONE: Final = Guard(
    "notice_not_over",
    "该类别须先公示:公示期未满,或仍有异议未处理。",
    "This tier needs a public notice: it isn't over, or an objection is still open.",
    lambda c: (
        c.granted not in c.notice_tiers
        or (
            c.case.notice_tier == c.granted
            and c.case.notice_ends is not None
            and c.today > c.case.notice_ends
            and c.case.open_objections == 0
        )
    ),
)
NOTICE_RUNNING: Final = Guard(
    "notice_over",
    "公示期已满,不再受理异议。",
    "The public notice is over and takes no more objections.",
    lambda c: c.case.notice_ends is not None and c.today <= c.case.notice_ends,
)
DETERMINED: Final = Guard(
    "determination_required",
    "没有资格认定结果,不能作出决定。",
    "Nothing can be decided without a determination.",
    lambda c: c.determination is not None,
)
TIER_GIVEN: Final = Guard("tier_required", "请写明批准的类别。", "Name the tier to approve.", lambda c: bool(c.grant))
REASON_IF_AGAINST: Final = Guard(
    "reason_required",
    "与认定结果不同或所依据的事实未经核对的决定须写明理由。",
    "A decision against the determination, or on unchecked facts, needs a written reason.",
    lambda c: (
        bool(c.reason.strip()) or (c.determination is not None and c.determination.tier == c.grant and not c.unchecked)
    ),
)
APPROVED_TIER: Final = Guard(
    "not_approved",
    "没有有效的审批决定,不能发卡。",
    "No card can be issued without an approval.",
    lambda c: c.case.tier is not None and bool(c.case.deciders) and bool(c.case.reviewers),
)
APPEAL_LEFT: Final = Guard(
    "appeal_used",
    "本申请已经复核过一次,可依法申请行政复议或提起行政诉讼。",
    "This application was already appealed; administrative reconsideration or litigation remains open by law.",
    lambda c: c.case.appeals < c.limits.appeals_per_application,
)
APPEAL_IN_TIME: Final = Guard(
    "appeal_too_late",
    "申请复核的期限已过。",
    "The time limit for an appeal has passed.",
    lambda c: c.case.deadline is None or not has_lapsed(c.case.deadline, c.today),
)
LIMIT_PASSED: Final = Guard(
    "limit_not_passed",
    "期限未满,或所涉年度的工作日历尚未公布。",
    "The time limit hasn't passed, or it reaches into a year whose calendar isn't published.",
    lambda c: c.case.deadline is not None and has_lapsed(c.case.deadline, c.today),
)
ASSIGNEE_FREE: Final = Guard(
    "assignee_not_free",
    "接办人是本案当事方、已回避或已参与前一轮办理或审批。",
    "The new reviewer is a party, has a conflict, or took part in deciding or in an earlier round.",
    lambda c: (
        c.assignee is not None
        and c.assignee not in c.case.parties | c.case.conflicts | c.case.earlier | c.case.deciders
    ),
)
REOPEN_PROPOSED: Final = Guard(
    "reopen_not_proposed",
    "尚无人提出重新办理。",
    "Nobody has proposed to reopen this case.",
    lambda c: bool(c.case.reopen_proposed_by),
)
REOPEN_BY_SECOND: Final = Guard(
    "second_person_required",
    "重新办理须由另一人确认。",
    "Reopening needs a second, different person.",
    lambda c: not (c.actor.people & c.case.reopen_proposed_by),
)
