"""The portal: what the card is, whether one may have it, where and how."""

from suchang.web.portal.routes import blueprint

__all__ = ["blueprint"]
