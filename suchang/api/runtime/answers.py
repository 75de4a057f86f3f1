"""Answers about health and the job queue."""

from __future__ import annotations

from marshmallow import fields

from suchang.api.answers import Answer, many, mapping, moment, string, whole


class HealthAnswer(Answer):
    """That the process answers."""

    status = string()


class ReadyAnswer(Answer):
    """Whether requests can be served."""

    status = string()
    faults = many(fields.String)


class JobCount(Answer):
    """Jobs of a task in a state."""

    task = string()
    state = string()
    count = whole()


class Job(Answer):
    """A job."""

    id = whole()
    task = string()
    state = string()
    attempts = whole()
    arguments = mapping()
    next_at = moment(null=True)
    failed_at = moment(null=True)
    reason = string(null=True)


class JobsAnswer(Answer):
    """The job queue."""

    counts = many(JobCount)
    jobs = many(Job)
