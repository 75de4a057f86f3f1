"""What the desk says: outcomes, and for every reason one plain sentence and what to do next."""

from __future__ import annotations

from suchang.domain.places import CITIES
from suchang.web.languages import gettext, in_language


def outcomes() -> dict[str, str]:
    """Return the word that is readable from two metres."""
    return {"accepted": gettext("通过"), "refused": gettext("拒绝"), "unknown": gettext("无法判断")}


def reasons() -> dict[str, tuple[str, str]]:
    """Return for every coded reason why, and what to do next."""
    again = gettext("请持卡人打开卡片，重新出示。")
    identity = gettext("请核对身份证件，必要时拨打 12345。")
    return {
        "malformed": (gettext("这不是苏畅卡的码，或者没有扫全。"), again),
        "unsupported_format": (gettext("码的版本太新或太旧。"), gettext("请更新核验台页面后再扫。")),
        "unknown_issuer": (gettext("这张卡不是江苏签发的。"), identity),
        "unknown_key": (gettext("签发这张卡的密钥不在信任名单里。"), gettext("请持卡人联网刷新卡片后再试。")),
        "bad_signature": (gettext("签名不对，码被改动过。"), identity),
        "expired": (gettext("这张卡已经过期。"), gettext("请持卡人续期。")),
        "not_yet_valid": (gettext("码的时间在将来，持卡人的手机时间不准。"), gettext("请把手机设为自动对时后再出示。")),
        "holder_proof_missing": (gettext("缺少手机的签名，可能是转发的码。"), again),
        "holder_proof_invalid": (gettext("手机的签名不对。"), again),
        "stale_presentation": (gettext("这个码已经过期，可能是截图。"), again),
        "replayed": (gettext("这个码刚才已经用过。"), gettext("请等码更新后再扫。")),
        "revoked": (gettext("这张卡已被吊销。"), identity),
        "suspended": (gettext("这张卡已暂停使用。"), gettext("请持卡人联系 12345 或人才专窗。")),
        "out_of_scope": (gettext("本窗口没有核验这个领域的权限。"), gettext("请到相应的服务窗口。")),
        "not_entitled": (gettext("这张卡不含这个领域的权益。"), gettext("可在“我的权益”里查看有哪些权益。")),
        "status_unknown": (gettext("不能确认卡片现在是否有效。"), gettext("连上网络后重扫，或改用其他证明。")),
        "online_required": (gettext("这种一次性码必须联网核验。"), gettext("连上网络后重扫，或请持卡人绑定手机。")),
        "clock_unsure": (gettext("本机时间不可信。"), gettext("请校准时间、连上网络后再扫。")),
    }


def foreign_codes() -> dict[str, str]:
    """Return the names of codes that are no cards."""
    return {
        "wechat_pay": gettext("这是微信支付码，不是苏畅卡。"),
        "alipay": gettext("这是支付宝付款码，不是苏畅卡。"),
        "unionpay": gettext("这是云闪付码，不是苏畅卡。"),
        "wechat": gettext("这是微信的码，不是苏畅卡。"),
        "other_version": gettext("这是另一版本的苏畅卡码。"),
        "address": gettext("这是一个网址，不是苏畅卡。"),
        "barcode": gettext("这是商品条码，不是苏畅卡。"),
        "other": gettext("这个码不是苏畅卡。"),
    }


def choices() -> dict[str, str]:
    """Return the words of what a detail of a redemption may be chosen from, cities by their names."""
    return {code: in_language(city.name.zh, city.name.en) for code, city in CITIES.items()} | {
        "change": gettext("变更"),
        "annual_report": gettext("年报"),
        "deregistration": gettext("注销"),
        "visa": gettext("签证"),
        "work_residence": gettext("工作类居留"),
        "family_residence": gettext("家属居留"),
        "permanent_residence": gettext("永久居留"),
        "invitation": gettext("邀请函"),
        "start_up": gettext("创业"),
        "research": gettext("研发"),
        "working_capital": gettext("流动资金"),
        "account": gettext("开户"),
        "exchange": gettext("结售汇"),
        "card": gettext("银行卡"),
        "other": gettext("其他业务"),
        "basic": gettext("基础套餐"),
        "full": gettext("全面套餐"),
        "onsite": gettext("现场"),
        "remote": gettext("远程"),
        "primary": gettext("小学"),
        "junior_secondary": gettext("初中"),
        "pension": gettext("养老保险"),
        "medical": gettext("医疗保险"),
        "unemployment": gettext("失业保险"),
        "injury": gettext("工伤保险"),
        "maternity": gettext("生育保险"),
        "in": gettext("转入"),
        "out": gettext("转出"),
    }


def answers() -> dict[str, dict[str, str]]:
    """Return what is said when the server answers, and not with a verdict."""
    return {
        "signed_out": {
            "why": gettext("登录已过期，这张卡还没有核验。"),
            "next": gettext("重新登录后请再扫一次；待上传的记录不会丢。"),
        },
        "not_allowed": {
            "why": gettext("服务器不允许本窗口做这次核验。"),
            "next": gettext("请联系本单位的管理员查看窗口权限。"),
        },
        "too_busy": {
            "why": gettext("本单位此刻核验太多，服务器请稍候。"),
            "next": gettext("等几秒后再扫，卡没有问题。"),
        },
        "refused": {
            "why": gettext("服务器没有接受这次请求，与卡无关。"),
            "next": gettext("请刷新页面后再扫；仍不行请联系管理员。"),
        },
    }


def desk_words() -> dict[str, object]:
    """Return all the words of the desk's modules."""
    return {
        "outcomes": outcomes(),
        "reasons": {code: {"why": why, "next": todo} for code, (why, todo) in reasons().items()},
        "foreign": foreign_codes(),
        "choices": choices(),
        "answers": answers(),
        "sign_in": gettext("重新登录"),
        "several_cards": gettext("画面里有几张卡：请一次只出示一张。"),
        "assurances": {
            "device": gettext("手机动态码"),
            "online": gettext("一次性码"),
            "print": gettext("打印码"),
        },
        "relations": {"spouse": gettext("配偶"), "child": gettext("子女"), "parent": gettext("父母")},
        "relation_glyphs": {"spouse": "配", "child": "子", "parent": "亲"},
        "dependant_of": gettext("随附家属：持卡人 {principal} 的{who}。只核销这位家属名下的权益。"),
        "dependant": gettext("随附家属：持卡人的{who}。只核销这位家属名下的权益。"),
        "accepted_device": gettext("卡片有效，刚刚由持卡人的手机签名。"),
        "accepted_online": gettext("卡片有效，一次性码已用掉。"),
        "accepted_print": gettext("卡片有效。打印的码可以复印，请核对身份证件。"),
        "accepted_offline": gettext("离线核验：按 {age}前的状态判断。"),
        "name": gettext("姓名"),
        "tier": gettext("层次"),
        "until": gettext("有效至"),
        "how": gettext("出示方式"),
        "holder": gettext("本人"),
        "left": gettext("剩余 {count}"),
        "unlimited": gettext("不限次数，每次记录"),
        "period_ends": gettext("到 {day} 止"),
        "times": gettext("{count} 次"),
        "days": gettext("{count} 天"),
        "yuan": gettext("{count} 元"),
        "redeem": gettext("核销"),
        "record": gettext("记录使用"),
        "for_whom": gettext("给 {who}"),
        "born": gettext("（{year} 年生）"),
        "redeemed": gettext("已核销：{item}"),
        "undo": gettext("撤销"),
        "undone": gettext("已撤销：{item}"),
        "undo_reason": gettext("窗口误操作"),
        "not_redeemed": gettext("没有核销成功"),
        "nothing_here": gettext("没有本窗口可以核销的项目。"),
        "waiting": gettext("等待出示"),
        "waiting_why": gettext("把持卡人手机上的码对准摄像头。"),
        "checking": gettext("正在核验"),
        "no_camera": gettext("没有打开摄像头。可以用扫码枪、粘贴或选图。"),
        "camera_blocked": gettext("浏览器没有允许使用摄像头。"),
        "no_code_in_image": gettext("这张图里没有找到码。"),
        "online": gettext("在线"),
        "offline": gettext("离线"),
        "list_age": gettext("状态列表 {age}前"),
        "no_list": gettext("没有状态列表"),
        "minutes": gettext("{count} 分钟"),
        "hours": gettext("{count} 小时"),
        "queued": gettext("待上传 {count} 条"),
        "sent": gettext("离线记录已上传：{count} 条"),
        "conflict": gettext("离线记录有 {count} 条没有被接受，请点右上角处理。"),
        "to_settle": gettext("待处理 {count} 条"),
        "not_kept": gettext("本机存不下离线记录，所以没有核销。请连上网络再办。"),
        "not_offline": gettext("本窗口没有离线核销的权限，请连上网络再办。"),
        "answer_missing": gettext("服务器还没有回答，不知道有没有核销成功；正在继续询问，不会重复核销。"),
        "answer_missing_unkept": gettext("服务器还没有回答，不知道有没有核销成功。请再点一次，不会重复核销。"),
        "not_undone": gettext("没有撤销成功"),
        "undo_later": gettext("现在不能撤销，请连上网络后再试。"),
        "others_wait": gettext("本机还有 {names} 的 {count} 条，要由本人登录后上传。"),
        "leave_unsent": gettext("还有 {count} 条没有办完。退出后会留在本机，您下次登录时继续上传。"),
        "only_verified": gettext("只核验，没有核销"),
        "tried": gettext("已试 {count} 次，会自动再试。"),
        "waits": gettext("等待上传"),
        "settled_how": gettext("怎样处理的"),
        "settle": gettext("处理完毕"),
        "ledger_refused": gettext("总账没有接受：{why}"),
        "today": gettext("今日 {count} 次"),
        "session_over": gettext("登录已过期，请重新登录。"),
        "server_wrong": gettext("服务器没有回答，已改用离线核验。"),
        "no_keys": gettext("本机还没有密钥，连网打开一次后才能离线核验。"),
        "deferred_note": gettext("离线核销先记在本机，联网后上传。"),
        "choose": gettext("请选择"),
        "hold": gettext("快捷键 {key} 要按住半秒：扫码枪打字太快，不会误按。"),
        "challenge": gettext("当面验证"),
        "challenge_why": gettext("请持卡人用手机相机扫这个码，再出示卡上的新码，60 秒内有效。"),
        "challenge_failed": gettext("现在不能当面验证，请检查网络。"),
    }
