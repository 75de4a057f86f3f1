"""Signed credentials: keys, codec, presentation, verification, status lists; no framework, no database."""
