"""Why a file isn't taken: one true sentence for each cause, and what to do about it, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause in both languages."""

    zh: str
    en: str


class Refused(Exception):
    """The file isn't taken; ``cause`` is a key of ``CAUSES``."""

    def __init__(self, cause: str) -> None:
        super().__init__(CAUSES[cause].en)
        self.cause = cause


CAUSES: Final = {
    "empty": Cause(
        "文件是空的，请重新选择。",
        "The file is empty.",
    ),
    "too_large": Cause(
        "文件超过 10 MB，请压缩或拆分后再传。",
        "The file is larger than 10 MB; compress or split it.",
    ),
    "unknown_kind": Cause(
        "只收 JPG、PNG、WebP、HEIC 图片和 PDF 文件。",
        "Only JPEG, PNG, WebP and HEIC pictures and PDF documents are taken.",
    ),
    "ofd": Cause(
        "这是 OFD 版式文件，暂时不能收。请在 OFD 阅读器里“另存为”或“打印”成 PDF 再传。",
        "This is an OFD document, which is not taken; save or print it as PDF in your OFD reader.",
    ),
    "word": Cause(
        "这是 Word 文档，请在 Word 或 WPS 里另存为 PDF 再传。",
        "This is a Word document; save it as PDF in Word or WPS.",
    ),
    "excel": Cause(
        "这是 Excel 表格，请另存为 PDF 再传。",
        "This is an Excel workbook; save it as PDF.",
    ),
    "slides": Cause(
        "这是演示文稿，请另存为 PDF 再传。",
        "This is a presentation; save it as PDF.",
    ),
    "open_document": Cause(
        "这是 ODF 文档，请另存为 PDF 再传。",
        "This is an OpenDocument file; save it as PDF.",
    ),
    "old_office": Cause(
        "这是旧版 Office 或 WPS 文档，请另存为 PDF 再传。",
        "This is an old Office or WPS document; save it as PDF.",
    ),
    "rich_text": Cause(
        "这是 RTF 文档，请另存为 PDF 再传。",
        "This is a rich text document; save it as PDF.",
    ),
    "archive": Cause(
        "这是压缩包，请解压后把里面的图片或 PDF 逐个上传。",
        "This is an archive; unpack it and send the pictures or PDFs in it.",
    ),
    "gif": Cause(
        "这是 GIF 图片，请另存为 PNG 或 JPG 再传。",
        "This is a GIF picture; save it as PNG or JPEG.",
    ),
    "bmp": Cause(
        "这是 BMP 图片，请另存为 PNG 或 JPG 再传。",
        "This is a BMP picture; save it as PNG or JPEG.",
    ),
    "tiff": Cause(
        "这是 TIFF 图片，请在扫描时选 PDF，或另存为 PNG、JPG 再传。",
        "This is a TIFF picture; scan to PDF, or save it as PNG or JPEG.",
    ),
    "svg": Cause(
        "这是 SVG 矢量图，请另存为 PNG 再传。",
        "This is an SVG drawing; save it as PNG.",
    ),
    "web_page": Cause(
        "这是网页，请在浏览器里“打印”成 PDF 再传。",
        "This is a web page; print it to PDF in the browser.",
    ),
    "video": Cause(
        "这是视频，请传照片或 PDF。",
        "This is a video; send a photograph or a PDF.",
    ),
    "avif": Cause(
        "这是 AVIF 图片，请另存为 JPG 再传。",
        "This is an AVIF picture; save it as JPEG.",
    ),
    "heic_damaged": Cause(
        "这张 HEIC 照片打不开，请在手机相册里导出成 JPG 再传。",
        "This HEIC picture can't be read; export it as JPEG on the phone.",
    ),
    "picture_cut": Cause(
        "图片不完整，可能没有传完，请重新上传原图。",
        "The picture breaks off before its end; send the original again.",
    ),
    "picture_damaged": Cause(
        "图片已损坏，请重新拍照或另存后再传。",
        "The picture is damaged; take or save it again.",
    ),
    "moving": Cause(
        "动态图片不能收，请截一张静态图。",
        "Moving pictures are not taken; send a still one.",
    ),
    "too_many_pixels": Cause(
        "图片的像素太多，请缩小到 4000 万像素以内再传。",
        "The picture has too many pixels; make it smaller than 40 million pixels.",
    ),
    "pdf_password": Cause(
        "这个 PDF 要密码才能打开，请去掉打开密码后再传。",
        "This PDF needs a password to be opened; remove the password first.",
    ),
    "pdf_certificate": Cause(
        "这个 PDF 用证书加密，只有收件人能打开，请去掉加密后再传。",
        "This PDF is encrypted for certain recipients; remove the encryption first.",
    ),
    "pdf_damaged": Cause(
        "PDF 已损坏，打不开。请重新导出，或用“打印”另存为 PDF 再传。",
        "The PDF is damaged; export it again or print it to a new PDF.",
    ),
    "pdf_cut": Cause(
        "PDF 不完整，可能没有下载完，请重新下载后再传。",
        "The PDF breaks off before its end; download it again.",
    ),
    "pdf_no_page": Cause(
        "这个 PDF 一页都没有。",
        "The PDF has no page.",
    ),
    "pdf_many_pages": Cause(
        "PDF 超过 500 页，请拆分后再传。",
        "The PDF has more than 500 pages; split it.",
    ),
    "pdf_many_parts": Cause(
        "PDF 的结构太复杂，请用“打印”另存为 PDF 再传。",
        "The PDF has too many parts; print it to a new PDF.",
    ),
    "pdf_bomb": Cause(
        "PDF 解开后大得异常，不能收。",
        "The PDF unpacks to far more than it seems.",
    ),
    "pdf_packing": Cause(
        "PDF 的压缩方式不常见，请用“打印”另存为 PDF 再传。",
        "The PDF is packed in an unusual way; print it to a new PDF.",
    ),
    "pdf_nested": Cause(
        "PDF 的嵌套太深，不能收。",
        "The PDF is nested too deeply.",
    ),
    "too_costly": Cause(
        "打开这个文件要用太多内存，请另存得小一些再传。",
        "The file takes too much memory to read; save a smaller one.",
    ),
    "too_slow": Cause(
        "打开这个文件要花太长时间，请另存得简单一些再传。",
        "The file takes too long to read; save a simpler one.",
    ),
}
"""Every cause of a refusal. The English sentence is the problem's ``detail``, the Chinese one stands beside it."""
