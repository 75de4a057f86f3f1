"""Error pages: one calm page with what happened and what to do, in both languages; programs get the API's problems."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, Response, make_response, render_template
from werkzeug.exceptions import HTTPException

from suchang.domain import errors
from suchang.web.languages import gettext


@dataclass(frozen=True)
class Words:
    """What an error page says: a title and one sentence of help."""

    title: str
    help: str


def words_for(status: int) -> Words:
    """Choose the words for a status."""
    known = {
        400: Words(gettext("这个请求读不懂"), gettext("请返回上一页重试；若反复出现，请拨打 12345。")),
        401: Words(gettext("请先登录"), gettext("登录后会回到这一页。")),
        403: Words(gettext("您没有查看这一页的权限"), gettext("换一个身份登录，或请管理员为您开通。")),
        404: Words(gettext("没有找到这一页"), gettext("地址可能写错了，或内容已经移走。")),
        405: Words(gettext("这里不能这样操作"), gettext("请返回上一页，从页面上的按钮进入。")),
        409: Words(gettext("情况已经变了"), gettext("这件事刚刚被处理过。请刷新后再看。")),
        413: Words(gettext("文件太大"), gettext("请压缩后重新上传。")),
        422: Words(gettext("有内容需要更正"), gettext("请返回上一页，按提示修改。")),
        429: Words(gettext("操作太频繁"), gettext("请稍等一会儿再试。")),
        503: Words(gettext("服务暂时不可用"), gettext("您的资料没有丢失，请几分钟后再试。")),
    }
    ours = Words(gettext("我们这边出了问题"), gettext("这次操作没有生效，已经记录下来。请稍后再试。"))
    return known.get(status) or ours


def error_page(status: int, detail: str = "") -> Response:
    """Draw the page for a status; ``detail`` is one sentence for a person, never part of a trace."""
    page = render_template("error.html", status=status, words=words_for(status), detail=detail)
    return make_response(page, status)


def answer(error: Exception, status: int) -> Response:
    """Answer an error on a page's address with a page; the API's handlers choose the status and call this."""
    detail = error.detail if isinstance(error, errors.DomainError) else ""
    page = error_page(status, detail)
    if isinstance(error, errors.TooMany):
        page.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name.lower() in {"retry-after", "allow"}:
                page.headers[name] = value
    return page


def handle_errors(app: Flask) -> None:
    """Leave the page for errors where the API's error handlers find it; these know which address is a page's."""
    app.extensions["suchang_page_error"] = answer
