"""What a desk says and does, for each answer; Chinese first."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from suchang.credentials.verify.reasons import Reason
from suchang.domain.vocabulary import Text

ACCEPTED = Text("核验通过。", "Accepted.")

REASONS: Mapping[Reason, Text] = MappingProxyType(
    {
        Reason.MALFORMED: Text(
            "无法读取此码，请重新扫描；仍不行，请持卡人重新打开卡片。",
            "This code can't be read. Scan again; if it stays so, ask the holder to open the card anew.",
        ),
        Reason.UNSUPPORTED_FORMAT: Text(
            "这不是苏畅卡的码，或本核验程序版本过旧。",
            "This is no code of the Su Chang Card, or one that is newer than this program.",
        ),
        Reason.UNKNOWN_ISSUER: Text(
            "发卡机构不在信任名单内，请勿受理。", "The issuer is not one that this desk trusts. Do not serve."
        ),
        Reason.UNKNOWN_KEY: Text(
            "签名密钥未知或已吊销；请更新密钥后再试，仍不行请勿受理。",
            "The signing key is unknown or revoked. Refresh the keys and try again; if it stays so, do not serve.",
        ),
        Reason.BAD_SIGNATURE: Text(
            "签名无效，内容可能被篡改，请勿受理。", "The signature is wrong: the card may be forged. Do not serve."
        ),
        Reason.EXPIRED: Text("卡片已过有效期。", "The card has expired."),
        Reason.NOT_YET_VALID: Text(
            "尚未生效，或手机时间超前；请持卡人校准手机时间。",
            "Not valid yet, or the phone's clock is ahead: ask the holder to set it.",
        ),
        Reason.HOLDER_PROOF_MISSING: Text(
            "此项须由持卡人本人手机出示动态码。", "This needs the moving code on the holder's own phone."
        ),
        Reason.HOLDER_PROOF_INVALID: Text(
            "此码不是由绑定的手机为本次出示生成的，请勿受理。",
            "This code was not made by the holder's phone for this occasion. Do not serve.",
        ),
        Reason.STALE_PRESENTATION: Text(
            "此码已过时，可能是截屏；请持卡人现场打开卡片。",
            "This code is too old, perhaps a screenshot: ask the holder to open the card here.",
        ),
        Reason.REPLAYED: Text(
            "此码已经用过；请等待约 30 秒后扫描新码。",
            "This code was used already: wait for the next one (30 seconds).",
        ),
        Reason.REVOKED: Text("卡片已被吊销，请勿受理。", "The card is revoked. Do not serve."),
        Reason.SUSPENDED: Text(
            "卡片已暂停使用；请持卡人联系人才服务热线。", "The card is suspended: the holder may ask the hotline why."
        ),
        Reason.OUT_OF_SCOPE: Text("本机构无权核验此类权益。", "This desk may not verify for this kind of benefit."),
        Reason.NOT_ENTITLED: Text("此卡不享有此类权益。", "The card does not open this kind of benefit."),
        Reason.STATUS_UNKNOWN: Text(
            "无法确认卡片现在是否有效；请联网后再试。",
            "Whether the card still holds can't be told now: connect and try again.",
        ),
        Reason.ONLINE_REQUIRED: Text("此码须联网核验。", "This code can be verified only with a network."),
        Reason.CLOCK_UNSURE: Text(
            "本机时间不可信；请联网校准时间后再试。",
            "This machine's clock can't be trusted: connect, set it, try again.",
        ),
    }
)
"""One sentence for each reason."""


def sentence(reason: Reason | None) -> Text:
    """Return the sentence of an answer."""
    return ACCEPTED if reason is None else REASONS[reason]
