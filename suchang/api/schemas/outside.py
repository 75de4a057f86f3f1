"""Request bodies of employers and of the public."""

from __future__ import annotations

from suchang.api.parsing import Body, StrictBoolean, text


class ContactBody(Body):
    """The phone of the person who shall speak for an employer."""

    phone = text(max_length=24)


class EmploymentBody(Body):
    """An employer's answer on an application."""

    employed = StrictBoolean(required=True)
    reason = text(max_length=2000, required=False, load_default="")


class CardNumberBody(Body):
    """A card by its number."""

    number = text(max_length=20)


class ObjectionBody(Body):
    """An objection to a public notice, with the sender's name and how to reach them."""

    message = text(max_length=4000, data_key="text")
    name = text(max_length=100)
    contact = text(max_length=200)
