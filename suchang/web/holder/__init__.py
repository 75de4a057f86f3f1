"""The holder's room: the card on the phone, the application, benefits, family, records."""

from suchang.web.holder import family, passkey_pages, session_pages
from suchang.web.holder.apply import blueprint as apply_blueprint
from suchang.web.holder.routes import blueprint

__all__ = ["apply_blueprint", "blueprint", "family", "passkey_pages", "session_pages"]
