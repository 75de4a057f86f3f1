"""Answers about applications, evidence and determinations."""

from __future__ import annotations

from marshmallow import fields

from suchang.api.answers import Answer, day, flag, many, mapping, moment, one, string, whole


class Because(Answer):
    """What a rule found."""

    fact = string()
    text = string()
    value = fields.Raw(allow_none=True)


class LawSource(Answer):
    """Where a rule comes from."""

    document = string()
    section = string()


class MetRule(Answer):
    """A rule that is met."""

    rule = string()
    tier = string()
    source = one(LawSource)
    because = many(Because)


class UnknownRule(Answer):
    """A rule that lacks facts."""

    rule = string()
    tier = string()
    needs = many(fields.String)


class MissingFact(Answer):
    """What is missing for a rule."""

    fact = string()
    text = string()


class NearestMiss(Answer):
    """A rule that is nearly met."""

    rule = string()
    tier = string()
    missing = many(MissingFact)


class DeterminationAnswer(Answer):
    """A determination by the rule pack."""

    format = whole()
    pack = string()
    version = string()
    on = day()
    tier = string(null=True)
    possible_tier = string(null=True)
    track = string(null=True)
    rule = string(null=True)
    valid_for = string(null=True)
    met = many(MetRule)
    unknown = many(UnknownRule)  # type: ignore[assignment]
    nearest_miss = many(NearestMiss)


class KeptDetermination(Answer):
    """A determination of an application."""

    id = string()
    at = moment()
    occasion = string()
    result = one(DeterminationAnswer)
    english = one(DeterminationAnswer)


class EmployerName(Answer):
    """An employer."""

    uscc = string()
    name = string()
    city = string(null=True)


class Evidence(Answer):
    """A piece of evidence."""

    id = string()
    title = string()
    facts = mapping()
    origin = string()
    checked = flag()
    checked_source = string(null=True, always=False)
    file_type = string(null=True, always=False)


class HistoryStep(Answer):
    """A step of an application."""

    at = moment()
    action = string()
    state = string()


class OfficerDecision(Answer):
    """A recommendation or decision."""

    act = string()
    at = moment()
    outcome = string()
    reason = string()
    tier = string(null=True)
    rule = string(null=True, always=False)


class ApplicationAnswer(Answer):
    """An application, as its applicant sees it."""

    id = string()
    kind = string()
    state = string()
    city = string(null=True)
    version = whole()
    employer = one(EmployerName, null=True)
    submitted_at = moment(null=True)
    due_on = day(null=True)
    missing = many(fields.String)
    card = string(null=True)
    determination = one(KeptDetermination, null=True)
    evidence = many(Evidence)
    decisions = many(OfficerDecision)
    history = many(HistoryStep)


class ApplicationsAnswer(Answer):
    """Applications, newest first."""

    items = many(ApplicationAnswer)


class EvidenceFileAnswer(Answer):
    """A file that was taken in."""

    id = string()
    media_type = string()
    bytes = whole()
    sha256 = string()


class CheckedAnswer(Answer):
    """Where evidence was checked."""

    id = string()
    checked = flag()
    source = string(null=True)
