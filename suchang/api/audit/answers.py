"""Answers about the audit."""

from __future__ import annotations

from suchang.api.answers import Answer, many, mapping, moment, one, string, whole


class AuditParty(Answer):
    """Who acted, or on what."""

    kind = string()
    id = string(null=True)


class AuditRow(Answer):
    """A row of the audit."""

    id = whole()
    position = whole(null=True)
    at = moment()
    actor = one(AuditParty)
    action = string()
    subject = one(AuditParty)
    data = mapping()


class AuditAnswer(Answer):
    """A page of the audit."""

    items = many(AuditRow)
    next = string(null=True)
