"""The embedded PostgreSQL and Valkey for a machine on which none is configured."""
