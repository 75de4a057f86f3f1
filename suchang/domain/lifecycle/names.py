"""What states, events and reasons are called in Chinese and English."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from suchang.domain.lifecycle.states import ApplicationEvent as E
from suchang.domain.lifecycle.states import ApplicationState as S
from suchang.domain.lifecycle.states import CardEvent, CardReason, CardState

# A StrEnum's members compare as their text, and a card's "active" and an application's states never share one, so the
# two kinds of states can stand in one mapping; a test holds that.
STATE_NAMES: Final[dict[StrEnum, tuple[str, str]]] = {
    S.DRAFT: ("草稿", "draft"),
    S.AWAITING_EMPLOYER: ("待单位确认", "waiting for the employer"),
    S.SUBMITTED: ("已提交", "submitted"),
    S.IN_REVIEW: ("审核中", "in review"),
    S.SUPPLEMENT_REQUESTED: ("待补正", "waiting for documents"),
    S.RECOMMENDED: ("待审批", "recommended"),
    S.PUBLIC_NOTICE: ("公示中", "public notice"),
    S.OBJECTED: ("异议处理中", "under objection"),
    S.SECOND_DECISION: ("待二次审批", "waiting for a second approver"),
    S.APPROVED: ("已批准", "approved"),
    S.ISSUED: ("已发卡", "issued"),
    S.REJECTED: ("不予通过", "rejected"),
    S.APPEALED: ("复核中", "appealed"),
    S.WITHDRAWN: ("已撤回", "withdrawn"),
    S.LAPSED: ("逾期终止", "lapsed"),
    CardState.ACTIVE: ("有效", "active"),
    CardState.SUSPENDED: ("已暂停", "suspended"),
    CardState.REVOKED: ("已吊销", "revoked"),
    CardState.EXPIRED: ("已到期", "expired"),
    CardState.REPLACED: ("已换发", "replaced"),
}
"""The names of all states."""

EVENT_NAMES: Final[dict[StrEnum, tuple[str, str]]] = {
    E.SUBMIT: ("提交", "submit"),
    E.CONFIRM_EMPLOYMENT: ("确认劳动关系", "confirm the employment"),
    E.DECLINE_EMPLOYMENT: ("退回单位确认", "decline the employment"),
    E.CLAIM: ("领取", "claim"),
    E.RELEASE: ("放回队列", "release"),
    E.HAND_OVER: ("移交", "hand over"),
    E.REQUEST_SUPPLEMENT: ("要求补正", "request documents"),
    E.SUPPLY: ("补正", "supply documents"),
    E.RECOMMEND: ("提出审核意见", "recommend"),
    E.SEND_BACK: ("退回审核", "send back"),
    E.PUBLISH_NOTICE: ("公示", "publish the notice"),
    E.OBJECT: ("提出异议", "object"),
    E.DISMISS_OBJECTION: ("驳回异议", "dismiss the objection"),
    E.UPHOLD_OBJECTION: ("采纳异议", "uphold the objection"),
    E.APPROVE: ("批准", "approve"),
    E.REJECT: ("不予通过", "reject"),
    E.CONFIRM_DECISION: ("确认决定", "confirm the decision"),
    E.DECLINE_DECISION: ("不同意决定", "decline the decision"),
    E.ISSUE: ("发卡", "issue"),
    E.APPEAL: ("申请复核", "appeal"),
    E.WITHDRAW: ("撤回", "withdraw"),
    E.LAPSE: ("逾期终止", "let it lapse"),
    E.PROPOSE_REOPEN: ("提请重新办理", "propose to reopen"),
    E.CONFIRM_REOPEN: ("确认重新办理", "reopen"),
    CardEvent.SUSPEND: ("暂停", "suspend"),
    CardEvent.RESTORE: ("恢复", "restore"),
    CardEvent.REVOKE: ("吊销", "revoke"),
    CardEvent.EXPIRE: ("到期", "expire"),
    CardEvent.REPLACE: ("换发", "replace"),
    CardEvent.REISSUE: ("补换卡", "issue another in its place"),
    CardEvent.REPORT_LOST: ("挂失", "report the loss"),
    CardEvent.FILE_DEPARTURE: ("登记离职", "file the departure"),
    CardEvent.MOVE_EMPLOYER: ("转移单位", "move to another employer"),
    CardEvent.END_AFTER_DEPARTURE: ("离职后终止", "end after the departure"),
}
"""The names of all events."""

REASON_NAMES: Final[dict[CardReason, tuple[str, str]]] = {
    CardReason.LOST: ("遗失", "lost"),
    CardReason.DAMAGED: ("损坏", "damaged"),
    CardReason.SUSPECTED_FRAUD: ("涉嫌弄虚作假", "suspected fraud"),
    CardReason.UNDER_REVIEW: ("重新审核中", "under review"),
    CardReason.DEPARTED: ("离职", "left the employer"),
    CardReason.HOLDER_REQUEST: ("本人申请", "at the holder's request"),
    CardReason.MISTAKE: ("发放有误", "issued by mistake"),
    CardReason.NO_LONGER_QUALIFIES: ("不再符合条件", "no longer qualifies"),
    CardReason.FRAUD: ("弄虚作假", "fraud"),
    CardReason.COMPROMISE: ("密钥或设备泄露", "compromised"),
    CardReason.DEATH: ("死亡", "death"),
    CardReason.RENEWED: ("已续期", "renewed"),
    CardReason.REPLACED: ("已换发", "replaced"),
    CardReason.EXPIRED: ("已到期", "expired"),
}
"""The names of the coded reasons."""
