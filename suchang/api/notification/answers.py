"""Answers about messages."""

from __future__ import annotations

from suchang.api.answers import Answer, many, moment, string


class Message(Answer):
    """A message."""

    id = string()
    event = string()
    text = string()
    state = string()
    at = moment()
    application = string(null=True)


class MessagesAnswer(Answer):
    """Messages, newest first."""

    items = many(Message)
