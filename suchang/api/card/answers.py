"""Answers about cards, dependants and who looked."""

from __future__ import annotations

from suchang.api.answers import Answer, day, flag, many, mapping, moment, one, string, whole


class Device(Answer):
    """A phone on a card."""

    id = string()
    name = string()
    added_at = moment()


class CardAnswer(Answer):
    """A card."""

    id = string()
    number = string()
    state = string()
    reason = string(null=True)
    tier = string()
    track = string(null=True)
    name = string(null=True)
    city = string(null=True)
    version = whole()
    valid_from = day()
    valid_until = day()
    devices = many(Device)


class CardsAnswer(Answer):
    """Cards, newest first."""

    items = many(CardAnswer)


class DependantAnswer(Answer):
    """A dependant."""

    id = string()
    relation = string()
    name = string()
    birth_date = day(null=True)
    confirmed = flag()
    consent = flag(null=True)
    obstacle = string(null=True, always=False)


class DependantsAnswer(Answer):
    """Dependants."""

    items = many(DependantAnswer)


class DeclaredDependantAnswer(DependantAnswer):
    """A declared dependant with its evidence."""

    evidence = mapping()


class DeclaredDependantsAnswer(Answer):
    """Declared dependants that wait."""

    items = many(DeclaredDependantAnswer)


class DependantName(Answer):
    """Whose code was shown."""

    name = string(null=True)
    relation = string()


class SeenVerification(Answer):
    """A look at the own card."""

    id = string()
    at = moment()
    partner = string()
    site = string(null=True)
    purpose = string()
    mode = string()
    outcome = string()
    reason = string(null=True)
    assurance = string(null=True)
    dependant = one(DependantName, null=True)


class SeenVerificationsAnswer(Answer):
    """Who looked at the own card, newest first."""

    items = many(SeenVerification)
