"""What the rows of the audit and the jobs of the queue are called on pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from suchang.domain.lifecycle.names import EVENT_NAMES, REASON_NAMES, STATE_NAMES
from suchang.domain.lifecycle.states import ApplicationEvent, CardEvent
from suchang.web.languages import in_language

ACTIONS: Mapping[str, tuple[str, str]] = {
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
    "account_recovery_confirmed": ("确认找回账号", "account recovery confirmed"),
    "account_recovery_proposed": ("提请找回账号", "account recovery proposed"),
    "client_added": ("添加合作程序", "program added"),
    "confirmed": ("确认核销", "redemption confirmed"),
    "contact_appointed": ("指定单位联系人", "employer's contact appointed"),
    "email_changed": ("更改邮箱", "e-mail address changed"),
    "identified": ("登记身份", "identity given"),
    "key_resealed": ("重新封存密钥", "key sealed anew"),
    "key_revoked": ("吊销密钥", "key revoked"),
    "keys_replaced": ("更换程序公钥", "program's keys replaced"),
    "keys_rotated": ("轮换密钥", "keys rotated"),
    "networks_set": ("设置网络范围", "networks set"),
    "officer_added": ("添加经办人", "officer added"),
    "officer_proposed": ("提出经办账号", "officer's account proposed"),
    "officer_confirmed": ("确认经办账号", "officer's account confirmed"),
    "officer_recovered": ("重设密码和动态口令", "password and second factor set anew"),
    "password_changed": ("更改密码", "password changed"),
    "officer_unlocked": ("解锁经办人", "officer unlocked"),
    "operator_added": ("添加窗口人员", "desk operator added"),
    "operator_closed": ("停用窗口人员", "desk operator closed"),
    "operator_opened": ("启用窗口人员", "desk operator opened"),
    "operator_password_renewed": ("更换窗口密码", "desk operator's password renewed"),
    "overdrawn": ("核销超额", "overdrawn"),
    "partner_registered": ("登记合作机构", "partner registered"),
    "partner_active": ("恢复合作机构", "partner restored"),
    "partner_suspended": ("暂停合作机构", "partner suspended"),
    "passkey_added": ("添加通行密钥", "passkey added"),
    "passkey_cloned": ("通行密钥疑被复制", "passkey may have been cloned"),
    "passkey_removed": ("移除通行密钥", "passkey removed"),
    "rate_set": ("设置调用频率", "rate set"),
    "released": ("释放预留", "reservation released"),
    "reversed": ("撤销核销", "redemption reversed"),
    "secret_rotated": ("更换程序密钥", "secret rotated"),
    "service_point_added": ("添加服务点", "service point added"),
    "service_point_closed": ("关闭服务点", "service point closed"),
    "sessions_ended": ("结束登录", "sessions ended"),
    "site_added": ("添加窗口", "site added"),
    "webhook_registered": ("登记回调", "webhook registered"),
    "webhook_replayed": ("重发回调", "webhook replayed"),
    "webhook_secret_rotated": ("更换回调密钥", "webhook's secret rotated"),
    "totp_reset_proposed": ("提请重置动态口令", "second factor: reset proposed"),
    "totp_reset_confirmed": ("确认重置动态口令", "second factor: reset confirmed"),
}
THINGS: Mapping[str, tuple[str, str]] = {
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
    "officer_proposal": ("提出的账号", "proposed account"),
    "partner": ("合作机构", "partner"),
    "partner_client": ("合作程序", "partner's program"),
    "person": ("个人", "person"),
    "policy_draft": ("政策草案", "policy draft"),
    "reason_phrase": ("常用理由", "phrase"),
    "redemption": ("核销", "redemption"),
    "signing_key": ("签名密钥", "signing key"),
    "system": ("系统", "system"),
    "employer": ("用人单位", "employer"),
    "passkey": ("通行密钥", "passkey"),
    "redemption_conflict": ("核销冲突", "redemption conflict"),
    "service_point": ("服务点", "service point"),
    "webhook_delivery": ("回调投递", "webhook delivery"),
    "webhook_endpoint": ("回调地址", "webhook endpoint"),
    "desk": ("窗口", "desk"),
    "site": ("窗口", "site"),
    "verification": ("核验", "verification"),
}
DETAILS: Mapping[str, tuple[str, str]] = {
    **{one: THINGS[one] for one in ("application", "card", "device", "employer", "partner", "passkey", "person")},
    "site": THINGS["site"],
    "assurance": ("核验级别", "assurance"),
    "at_once": ("立即失效", "at once"),
    "because": ("原因", "because"),
    "city": ("城市", "city"),
    "comment": ("备注", "comment"),
    "count": ("数量", "count"),
    "dependant": ("家属", "dependant"),
    "deputation": ("代理", "deputation"),
    "deputy": ("代理人", "deputy"),
    "domains": ("权益领域", "domains"),
    "edit": ("改动", "edit"),
    "filters": ("条件", "filters"),
    "format": ("格式", "format"),
    "from_day": ("开始", "from"),
    "item": ("权益项目", "item"),
    "kids": ("公钥", "keys"),
    "kind": ("种类", "kind"),
    "last": ("最后一条", "last row"),
    "method": ("方式", "way"),
    "networks": ("来源网络", "networks"),
    "on_behalf_of": ("代谁办理", "on behalf of"),
    "proposal": ("提请", "proposal"),
    "reason": ("理由", "reason"),
    "recovery": ("找回申请", "recovery"),
    "relation": ("关系", "relation"),
    "replaces": ("替换", "replaces"),
    "requests_per_minute": ("每分钟次数", "requests a minute"),
    "retired": ("退役密钥", "retired key"),
    "roles": ("岗位", "offices"),
    "scopes": ("权限", "scopes"),
    "sessions": ("登录数", "sessions"),
    "sha256": ("文件指纹", "SHA-256"),
    "source": ("来源", "source"),
    "target": ("结果", "target"),
    "tier": ("层次", "tier"),
    "units": ("数量", "units"),
    "until_day": ("结束", "until"),
    "version": ("版本", "version"),
    "which": ("范围", "which"),
}
_TASKS: Mapping[str, tuple[str, str]] = {
    "deliver_notification": ("发送通知", "deliver a notification"),
    "simulate_policy": ("试算政策", "simulate a policy draft"),
    "run_timers": ("处理到期事项", "do what is due"),
    "retry_stalled": ("接手中断的任务", "take up stalled jobs"),
}


def action_name(action: str) -> str:
    """Name an act of the audit; one without a name shows its code."""
    return in_language(*ACTIONS.get(action, (action, action)))


def actions() -> list[tuple[str, str]]:
    """List the acts that one can search for, by name."""
    return sorted(((one, action_name(one)) for one in ACTIONS), key=lambda pair: pair[1])


def thing_name(kind: str) -> str:
    """Name a kind of thing or of actor."""
    return in_language(*THINGS.get(kind, (kind, kind)))


def task_name(task: str) -> str:
    """Name a task of the queue."""
    return in_language(*_TASKS.get(task, (task, task)))


def said(data: Mapping[str, Any]) -> str:
    """Say what a row of the audit holds beside who, what and when: states by name, the rest as it is written."""
    names = {key.value: words for key, words in (*STATE_NAMES.items(), *REASON_NAMES.items())}
    rest = dict(data)
    moved = [in_language(*names.get(str(rest.pop(one)), ("?", "?"))) for one in ("source", "target") if one in rest]
    parts = [" → ".join(moved)] if moved else []
    colon = in_language("：", ": ")
    for key, value in rest.items():
        if value not in (None, "", {}, []):
            parts.append(f"{in_language(*DETAILS.get(key, (key, key)))}{colon}{_written(value)}")
    return " · ".join(parts)


def _written(value: Any) -> str:
    """Write a value: lists by their members, the truth in words, the rest as it is."""
    if isinstance(value, list):
        return in_language("、", ", ").join(map(str, value))
    if isinstance(value, bool):
        return in_language("是", "yes") if value else in_language("否", "no")
    return str(value)
