"""Answers about identity and employers."""

from __future__ import annotations

from suchang.api.answers import Answer, day, many, moment, one, string


class Document(Answer):
    """An identity document, its number masked."""

    type = string()
    number = string()


class MeAnswer(Answer):
    """Who is signed in."""

    id = string()
    phone = string(null=True)
    name = string(null=True)
    identity = one(Document, null=True)
    birth_date = day(null=True)
    city = string(null=True)
    email = string(null=True)
    language = string()


class ContactAnswer(Answer):
    """Who speaks for an employer."""

    employer = string()
    person = string()


class Confirmation(Answer):
    """An application that waits for the employer."""

    application = string()
    name = string(null=True)
    submitted_at = moment()
    due_on = day(null=True)


class ConfirmationsAnswer(Answer):
    """Applications that wait for the employer."""

    items = many(Confirmation)


class ConfirmedAnswer(Answer):
    """An application after the employer's answer."""

    application = string()
    state = string()


class DepartureAnswer(Answer):
    """A card after a departure."""

    number = string()
    state = string()


class ArrivalAnswer(Answer):
    """A card after an arrival."""

    number = string()
    employer = string()
