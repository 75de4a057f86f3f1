"""The living page of the design system: every component in every state."""

from suchang.web.design.routes import blueprint

__all__ = ["blueprint"]
