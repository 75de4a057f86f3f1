"""A small Python client for partners."""
