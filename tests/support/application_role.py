"""What the application's own role may say in SQL, whatever its program says."""

from __future__ import annotations

from tests.support.databases import Database


class ApplicationRole:
    """A connection as the application's role; a test says what it has to say inside a transaction thrown away."""

    def __init__(self, database: Database) -> None:
        self.app = database.connect("app")

    def index(self, officer: str) -> bytes:
        """Return the person behind an officer's account."""
        return bytes(self.app.execute("SELECT person_index FROM officer WHERE id = %s", [officer]).fetchone()[0])
