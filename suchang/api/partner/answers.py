"""Answers about partners, their clients, tokens and webhooks."""

from __future__ import annotations

from marshmallow import fields

from suchang.api.answers import Answer, many, mapping, moment, string, whole


class Site(Answer):
    """A partner's site."""

    id = string()
    name = string()
    city = string(null=True)


class Client(Answer):
    """A partner's program."""

    id = string()
    name = string()
    scopes = many(fields.String)
    site = string(null=True)
    state = string()


class PartnerAnswer(Answer):
    """A partner."""

    id = string()
    name = string()
    uscc = string()
    state = string()
    domains = many(fields.String)
    requests_per_minute = whole(null=True)
    sites = many(Site)
    clients = many(Client)


class PartnersAnswer(Answer):
    """Partners."""

    items = many(PartnerAnswer)


class NewClientAnswer(Answer):
    """A client's identifier and secret, shown once."""

    client_id = string()
    client_secret = string(null=True)


class ClientIdAnswer(Answer):
    """The client that was changed."""

    client_id = string()


class ClientNetworksAnswer(Answer):
    """From where a client may call."""

    client_id = string()
    networks = many(fields.String)


class ClientStateAnswer(Answer):
    """A client's state."""

    client_id = string()
    state = string()


class OwnRateAnswer(Answer):
    """How often a partner may call."""

    requests_per_minute = whole()
    burst = whole()
    left = whole()


class TokenAnswer(Answer):
    """An access token, RFC 6749."""

    access_token = string()
    token_type = string()
    expires_in = whole()
    scope = string()


class WebhookSecretAnswer(Answer):
    """A webhook's secret, shown once."""

    id = string()
    url = string()
    secret = string()


class WebhookAnswer(Answer):
    """A webhook."""

    id = string()
    url = string()
    state = string()


class Delivery(Answer):
    """A message to a webhook."""

    id = string()
    url = string()
    event = string()
    state = string()
    tries = whole()
    created_at = moment()
    last_at = moment(null=True)
    last_outcome = string(null=True)
    next_at = moment(null=True)
    body = mapping()


class DeliveriesAnswer(Answer):
    """The newest deliveries."""

    items = many(Delivery)
