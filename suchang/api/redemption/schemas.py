"""Request bodies of the ledger."""

from __future__ import annotations

from marshmallow import fields, validate

from suchang.api.parsing import Body, StrictBoolean, integer, text


class RedemptionBody(Body):
    """An item to redeem on a verification."""

    verification = text(max_length=40)
    item = text(max_length=80)
    beneficiary = text(max_length=40, required=False, load_default="holder")
    details = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)
    reserve = StrictBoolean(load_default=False)
    presented_at = fields.AwareDateTime(load_default=None, allow_none=True)


class ConfirmationBody(Body):
    """How much of a reservation is confirmed: units as in the ledger, all of them when absent."""

    units = integer(validate=validate.Range(min=1), load_default=None, allow_none=True)


class ReleaseBody(Body):
    """Why a reservation is given back."""

    reason = text(max_length=500)


class ReversalBody(Body):
    """Why a redemption is taken back, and how much of an amount."""

    reason = text(max_length=500)
    units = integer(validate=validate.Range(min=1), load_default=None, allow_none=True)
