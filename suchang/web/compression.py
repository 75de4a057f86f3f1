"""Pages travel compressed: by brotli where the browser takes it, else by gzip; static files lie so on the shelf."""

from __future__ import annotations

import gzip

import brotli
from flask import Flask, Response, request

SMALLEST = 1_000
"""Bytes below which compressing a page gains nothing."""


def compress(response: Response) -> Response:
    """Compress the body of a page; what is streamed, small or already encoded stays as it is."""
    if response.mimetype != "text/html" or response.is_streamed or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) < SMALLEST:
        return response
    if request.accept_encodings["br"]:
        response.set_data(brotli.compress(body, quality=4))
        response.headers["Content-Encoding"] = "br"
    elif request.accept_encodings["gzip"]:
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def compress_pages(app: Flask) -> None:
    """Compress every page of the program."""
    app.after_request(compress)
