"""Answers about officers' work with cases."""

from __future__ import annotations

from marshmallow import fields

from suchang.api.answers import Answer, TwoLanguages, day, flag, many, mapping, moment, one, string, whole
from suchang.api.application.answers import ApplicationAnswer, KeptDetermination


class CaseAnswer(ApplicationAnswer):
    """A case, as officers see it."""

    name = string(null=True)
    birth_year = whole(null=True)
    claimed_by = string(null=True)
    round = whole()
    determinations = many(KeptDetermination)


class QueueItem(Answer):
    """A case in the queue."""

    id = string()
    kind = string()
    state = string()
    city = string(null=True)
    name = string(null=True)
    tier = string(null=True)
    track = string(null=True)
    version = whole()
    claimed_by = string(null=True)
    submitted_at = moment(null=True)
    due_on = day(null=True)


class QueueAnswer(Answer):
    """A page of the queue."""

    items = many(QueueItem)
    next = string(null=True)


class CommentAnswer(Answer):
    """A comment among officers."""

    id = string()
    by = string()
    at = moment()
    text = string()


class CommentsAnswer(Answer):
    """Comments."""

    items = many(CommentAnswer)


class Objection(Answer):
    """An objection with its sender."""

    id = string()
    round = whole()
    at = moment()
    sender = string(null=True)
    text = string()


class ObjectionsAnswer(Answer):
    """Objections."""

    items = many(Objection)


class Workload(Answer):
    """What one reviewer has in hand."""

    officer = string()
    name = string()
    cases = whole()
    late = whole()


class WorkloadAnswer(Answer):
    """What each reviewer has in hand."""

    items = many(Workload)


class BulkCandidate(Answer):
    """A case that waits for an approver."""

    id = string()
    name = string(null=True)
    city = string(null=True)
    state = string()
    tier = string(null=True)
    rule = string(null=True)
    version = whole()
    due_on = day(null=True)
    refused = string(null=True)
    detail = one(TwoLanguages, null=True)


class BulkCandidatesAnswer(Answer):
    """Cases that wait for an approver."""

    items = many(BulkCandidate)


class BulkResult(Answer):
    """What came of one case."""

    id = string()
    state = string(always=False)
    tier = string(null=True, always=False)
    refused = string(always=False)
    detail = string(always=False)


class BulkAnswer(Answer):
    """What came of each case."""

    items = many(BulkResult)


class NamedOfficer(Answer):
    """An officer."""

    id = string()
    name = string()


class DeputationAnswer(Answer):
    """A leave and its deputy."""

    id = string()
    officer = one(NamedOfficer)
    deputy = one(NamedOfficer)
    from_day = day()
    until_day = day()
    reason = string()
    state = string()
    for_me = flag()


class DeputationsAnswer(Answer):
    """Leaves and deputies."""

    items = many(DeputationAnswer)


class Colleague(Answer):
    """An officer to whom work can be handed."""

    id = string()
    name = string()
    city = string(null=True)
    roles = many(fields.String)


class ColleaguesAnswer(Answer):
    """Officers to whom work can be handed."""

    items = many(Colleague)


class ViewAnswer(Answer):
    """A view of the queue."""

    id = string()
    name = string()
    filters = mapping()


class ViewsAnswer(Answer):
    """Views of the queue."""

    items = many(ViewAnswer)


class PhraseAnswer(Answer):
    """A ready-made phrase."""

    id = string()
    kind = string()
    city = string(null=True)
    zh = string()
    en = string()
    may_retire = flag()


class PhrasesAnswer(Answer):
    """Ready-made phrases."""

    items = many(PhraseAnswer)


class Notice(Answer):
    """A public notice."""

    id = string()
    name = string()
    city = string(null=True)
    track = string(null=True)
    ends = day()
    employer = string(null=True)


class NoticesAnswer(Answer):
    """The public notices of today."""

    items = many(Notice)
