"""The desk: verify what a holder shows, redeem, undo, also without a network."""

from suchang.web.desk.routes import blueprint

__all__ = ["blueprint"]
