"""What a refusal of the program means to a person, in the language of the page.

Errors carry one English sentence and a stable code; a page says the code in the reader's language and keeps the
sentence for codes that it has no words for.
"""

from __future__ import annotations

from functools import lru_cache

from suchang.domain.errors import DomainError
from suchang.domain.lifecycle import cards, guards
from suchang.web.languages import gettext, is_english
from suchang.workflows.application.sanitiser import CAUSES


@lru_cache(maxsize=1)
def _guard_sentences() -> dict[str, str]:
    """Pair the English sentences of the lifecycle's conditions and of refused files with the Chinese ones."""
    said = {cause.en: cause.zh for cause in CAUSES.values()}
    known = [*vars(guards).values(), *vars(cards).values()]
    found = [one for one in known if hasattr(one, "zh") and hasattr(one, "en")]
    return said | {one.en: one.zh for one in found}


def explain(error: DomainError) -> str:
    """Say an error to the reader of a page in one sentence."""
    return explain_code(error.code, error.detail)


def explain_code(code: str, detail: str) -> str:
    """Say an error, known by its code and its English sentence, to the reader of a page in one sentence."""
    known = {
        "bad_code": gettext("验证码不对或已过期，请重新获取。"),
        "oidc_away": gettext("统一身份认证没有响应。请用密码和动态口令登录，或稍后再试。"),
        "oidc_state": gettext("这次登录不是在这个浏览器里开始的、已经用过或超时了，请重新开始。"),
        "oidc_answer": gettext("统一身份认证的应答不可信，没有登录任何人。请联系管理员。"),
        "oidc_denied": gettext("统一身份认证没有让您登录，什么都没有改变。"),
        "oidc_unknown": gettext("这个统一身份认证账号没有关联经办人员，请管理员关联。"),
        "oidc_taken": gettext("这个统一身份认证账号已关联另一名经办人员。"),
        "officer_closed": gettext("这个经办账号已停用。"),
        "officer_locked": gettext("这个经办账号因连续输错已锁定 15 分钟。"),
        "document_not_seen": gettext("请先当面核对证件原件与本人。"),
        "holder_not_found": gettext("本市没有用这个证件登记的人，请核对证件类型和号码。"),
        "recovery_waits": gettext("这个人已有一份申请在等待确认。"),
        "same_phone": gettext("这个账号现在用的就是这个号码。"),
        "phone_taken": gettext("这个号码已属于另一个账号。"),
        "proposal_over": gettext("这份申请已确认过，或已超过 24 小时。"),
        "not_as_deputy": gettext("账号找回要以自己的名义办理，不能代理。"),
        "challenge_over": gettext("等得太久，或这次登录已经用过，请再试一次。"),
        "no_address": gettext("这不像一个邮箱地址，请写成 name@example.org 的样子。"),
        "no_sender": gettext("这里还没有开通短信，请用通行密钥登录，或到服务窗口。"),
        "rate_limited": gettext("操作太频繁，请过几分钟再试。"),
        "unavailable": gettext("服务暂时不可用，请稍后再试。"),
        "application_open": gettext("您已有一份进行中的申请，请先办完或撤回。"),
        "unknown_city": gettext("请选择十三个设区市之一。"),
        "not_editable": gettext("现在不能修改材料。"),
        "identity_taken": gettext("这个证件已属于另一个账号：请用那个账号的手机号登录，或带证件到服务窗口找回。"),
        "invalid_name": gettext("姓名只能用文字，中间可以有空格、连字符、撇号和“·”，最多 50 个字。"),
        "no_phone": gettext("手机号格式不对；国外号码请加国家码。"),
        "identity_fixed": gettext("身份信息已登记，更改请到服务窗口办理。"),
        "no_card": gettext("您还没有苏畅卡。"),
        "card_not_active": gettext("卡片不在有效状态，不能出示。"),
        "too_many_devices": gettext("最多绑定三台手机，请先移除一台。"),
        "changed_meanwhile": gettext("这份申请刚刚被别人改动，请刷新后再办。"),
        "not_found": gettext("没有找到，或者您无权查看。"),
        "csrf": gettext("页面打开太久了，请刷新后再试。"),
        "differs_from_proposal": gettext("第二位审批人只能确认原决定，或退回。"),
        "identity_missing": gettext("请先填写姓名和身份证件。"),
        "contract_over": gettext("劳动合同已经到期，不能发卡。"),
        "file_refused": gettext("这个文件不能收：请用 JPG、PNG 或 PDF，10 MB 以内。"),
        "files_busy": gettext("现在传文件的人多，请过 15 秒再传一次。"),
        "reason_required": gettext("请写明理由；不予通过时还要选择不符合的规则。"),
        "not_claimed_by_you": gettext("这份申请不是您领取的。"),
        "too_much": gettext("材料太多了，请合并后再传。"),
        "unknown_employer": gettext("没有查到这个统一社会信用代码的单位：请核对，或请单位到人才专窗登记。"),
        "party_to_case": gettext("不能给自己办。"),
        "already_departed": gettext("离职已登记。"),
        "own_case": gettext("不能核对自己的家人。"),
        "own_account": gettext("自己的账号要由其他管理员办理。"),
        "unknown_role": gettext("请至少选一个岗位。"),
        "invalid_credit_code": gettext("统一社会信用代码不对：应为 18 位，末位是校验码，请核对是否输错。"),
        "already_registered": gettext("这个信用代码已经登记过了。"),
        "unknown_domain": gettext("请至少选一个权益领域。"),
        "username_taken": gettext("这个用户名已被使用。"),
        "unknown_scope": gettext("请至少选一项这家机构可以做的事；沙箱只能单独选。"),
        "bad_network": gettext("网络要写成 203.0.113.0/24 这样的形式。"),
        "bad_url": gettext("地址应以 https:// 开头，不带用户名和密码。"),
        "too_many_endpoints": gettext("一家机构最多五个地址。"),
        "no_secret": gettext("这个程序用自己的密钥签名，没有可换的密钥。"),
        "password_short": gettext("密码至少要 12 个字符。"),
        "password_long": gettext("密码最多 1024 个字符。"),
        "password_common": gettext("这个密码太容易被猜到，请换成几个不相干的词。"),
        "password_same": gettext("新密码和原来的一样。"),
        "old_password_wrong": gettext("原来的密码不对；连续输错会锁定 15 分钟。"),
        "bad_totp": gettext("动态口令不对，请输入身份验证器现在显示的六位数字。"),
        "no_invitation": gettext("没有这个邀请，请核对链接，或向管理员要新的。"),
        "invitation_over": gettext("这个邀请已用过、已过期或输错太多次，请向管理员要新的。"),
        "invitation_page": gettext("页面不完整，请重新打开邀请链接。"),
        "not_invited": gettext("这个邀请是给另一个身份证号的；输错五次后作废。"),
        "account_proposal_over": gettext("这个账号已确认过，或提出已超过 14 天。"),
        "administrator_exists": gettext("已有管理员，请在“用户”页面提出新账号。"),
        "no_change": gettext("已经是这个状态了。"),
        "site_known": gettext("这家机构在那里已有同名窗口。"),
        "invalid_identity": gettext("证件号码不对，请核对证件类型和号码。"),
        "birth_date_needed": gettext("这种证件看不出年龄，请填写出生日期。"),
        "birth_date_impossible": gettext("出生日期不对：子女应比您年轻。"),
        "own_dependant": gettext("不能把自己登记为家人。"),
        "already_declared": gettext("这位家人已经登记过了。"),
        "second_spouse": gettext("已经登记了一位配偶，请先移除。"),
        "too_many_dependants": gettext("登记的家人太多了。"),
        "not_confirmed": gettext("这位家人还没有核对，暂时不能出示。"),
        "consent_missing": gettext("还没有监护人的同意，暂时不能出示。"),
        "nothing_for_dependant": gettext("这张卡目前没有给这位家人的权益。"),
        "four_eyes": gettext("这一步须由另一位经办人办理。"),
        "not_straightforward": gettext("这份申请要单独办理。"),
        "not_deputy": gettext("今天没有人请您代理。"),
        "deputy_not_found": gettext("请选一位同城、同岗位的同事。"),
        "deputy_exists": gettext("这几天已有代理人，请先结束原来的安排。"),
        "days_wrong": gettext("日期要从今天起，开始不晚于结束，最长一年。"),
        "view_wrong": gettext("请给视图起名，并至少选一个筛选条件。"),
        "too_many_views": gettext("最多保存二十个视图，请先删一个。"),
        "assignee_not_found": gettext("请选一位本市的审核员接办。"),
        "identity_mismatch": gettext("证件号码和登记的不一样。"),
        "facts_invalid": gettext("填写的内容有误，请检查日期和选项。"),
    }
    if is_english() and (code not in known or detail in _guard_sentences()):
        return detail
    if detail in _guard_sentences():
        return _guard_sentences()[detail]
    if code in known:
        return known[code]
    return gettext("没有办成：%(detail)s", detail=detail)
