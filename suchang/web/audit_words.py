"""What the rows of the audit and the jobs of the queue are called on pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from suchang.domain.lifecycle.names import EVENT_NAMES, REASON_NAMES, STATE_NAMES
from suchang.domain.lifecycle.states import ApplicationEvent, CardEvent
from suchang.web.languages import in_language

_ACTIONS: Mapping[str, tuple[str, str]] = {
    **{f"application_{one}": EVENT_NAMES[one] for one in ApplicationEvent},
    **{f"card_{one}": EVENT_NAMES[one] for one in CardEvent},
    "application_started": ("开始填写", "application begun"),
    "card_issued": ("发卡", "card issued"),
    "audit_searched": ("查询审计", "audit searched"),
    "audit_exported": ("导出审计", "audit exported"),
    "comment_written": ("写备注", "comment written"),
    "conflict_declared": ("申报回避", "conflict declared"),
    "credential_issued": ("签发凭证", "credential issued"),
    "credentials_reissued": ("重签凭证", "credentials signed anew"),
    "dependant_declared": ("申报家属", "dependant declared"),
    "dependant_removed": ("移除家属", "dependant removed"),
    "deputy_named": ("安排代理", "deputy named"),
    "deputy_ended": ("结束代理", "deputation ended"),
    "device_added": ("绑定手机", "phone added"),
    "device_removed": ("移除手机", "phone removed"),
    "employment_confirmed": ("单位确认", "employment confirmed"),
    "evidence_added": ("添加材料", "evidence added"),
    "evidence_removed": ("移除材料", "evidence removed"),
    "evidence_file_added": ("上传文件", "file added"),
    "evidence_seen": ("查看文件", "evidence looked at"),
    "evidence_checked": ("核对材料", "evidence checked"),
    "job_retried": ("重试任务", "job retried"),
    "objections_seen": ("查看异议", "objections looked at"),
    "officer_registered": ("登记经办人", "officer registered"),
    "phrase_added": ("添加常用理由", "phrase added"),
    "phrase_retired": ("停用常用理由", "phrase retired"),
    "policy_drafted": ("试算政策", "policy drafted"),
    "policy_draft_taken": ("下载规则包草案", "drafted pack downloaded"),
    "policy_list_taken": ("下载试算名单", "list of a simulation downloaded"),
    "sign_in_failed": ("登录失败", "sign-in failed"),
    "signed_in": ("登录", "signed in"),
    "token_granted": ("发放令牌", "token granted"),
    "totp_reset_proposed": ("提请重置动态口令", "second factor: reset proposed"),
    "totp_reset_confirmed": ("确认重置动态口令", "second factor: reset confirmed"),
}
_THINGS: Mapping[str, tuple[str, str]] = {
    "application": ("申请", "application"),
    "audit": ("审计", "audit"),
    "card": ("卡片", "card"),
    "dependant": ("家属", "dependant"),
    "desk_operator": ("窗口人员", "desk operator"),
    "device": ("手机", "phone"),
    "evidence": ("材料", "evidence"),
    "holder": ("持卡人", "holder"),
    "job": ("任务", "job"),
    "officer": ("经办人", "officer"),
    "partner": ("合作机构", "partner"),
    "partner_client": ("合作程序", "partner's program"),
    "person": ("个人", "person"),
    "policy_draft": ("政策草案", "policy draft"),
    "reason_phrase": ("常用理由", "phrase"),
    "redemption": ("核销", "redemption"),
    "signing_key": ("签名密钥", "signing key"),
    "system": ("系统", "system"),
    "verification": ("核验", "verification"),
}
_TASKS: Mapping[str, tuple[str, str]] = {
    "deliver_notification": ("发送通知", "deliver a notification"),
    "simulate_policy": ("试算政策", "simulate a policy draft"),
    "run_timers": ("处理到期事项", "do what is due"),
    "retry_stalled": ("接手中断的任务", "take up stalled jobs"),
}


def action_name(action: str) -> str:
    """Name an act of the audit; one without a name shows its code."""
    return in_language(*_ACTIONS.get(action, (action, action)))


def actions() -> list[tuple[str, str]]:
    """List the acts that one can search for, by name."""
    return sorted(((one, action_name(one)) for one in _ACTIONS), key=lambda pair: pair[1])


def thing_name(kind: str) -> str:
    """Name a kind of thing or of actor."""
    return in_language(*_THINGS.get(kind, (kind, kind)))


def task_name(task: str) -> str:
    """Name a task of the queue."""
    return in_language(*_TASKS.get(task, (task, task)))


def said(data: Mapping[str, Any]) -> str:
    """Say what a row of the audit holds beside who, what and when: states by name, the rest as it is written."""
    names = {key.value: words for key, words in (*STATE_NAMES.items(), *REASON_NAMES.items())}
    rest = dict(data)
    moved = [in_language(*names.get(str(rest.pop(one)), ("?", "?"))) for one in ("source", "target") if one in rest]
    parts = [" → ".join(moved)] if moved else []
    parts += [f"{key}: {value}" for key, value in rest.items() if value not in (None, "", {})]
    return " · ".join(parts)
