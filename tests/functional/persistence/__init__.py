"""Schema, roles and units of work on a real database."""
