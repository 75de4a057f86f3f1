"""Tests against real PostgreSQL and Valkey."""
