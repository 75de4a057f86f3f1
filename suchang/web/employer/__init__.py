"""The employer's room: confirm who works here, file who has left."""

from suchang.web.employer.people.employment import blueprint

__all__ = ["blueprint"]
