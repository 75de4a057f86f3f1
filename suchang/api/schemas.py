"""Request bodies: shape only, unknown fields refused, integers strict."""

from __future__ import annotations

from marshmallow import fields, validate

from suchang.api.parsing import Body, StrictBoolean, integer, text
from suchang.domain.identity import DocumentType
from suchang.domain.lifecycle import CardReason, Outcome
from suchang.domain.lifecycle.cards import REISSUES
from suchang.domain.service_points import PointKind
from suchang.domain.vocabulary import PhraseKind, Relation

FACTS = {"keys": fields.String(validate=validate.Length(1, 60)), "values": fields.Raw(allow_none=True)}


def facts(*, required: bool) -> fields.Dict:
    """Make a field for a flat JSON object of facts; their names and types are the rule pack's business."""
    return fields.Dict(**FACTS, required=required, validate=validate.Length(max=200))  # type: ignore[arg-type]


class PrecheckBody(Body):
    """Facts to determine by."""

    facts = facts(required=True)


class CodeRequestBody(Body):
    """A phone that wants a one-time code."""

    phone = text(max_length=24)


class CodeSignInBody(Body):
    """A phone and the code that it got."""

    phone = text(max_length=24)
    code = text(max_length=12)


class OfficerSignInBody(Body):
    """An officer's user name, password and TOTP."""

    username = text(max_length=64)
    password = text(max_length=256)
    totp = text(max_length=8)


class DeskSignInBody(Body):
    """A desk operator's user name and password."""

    username = text(max_length=64)
    password = text(max_length=256)


class IdentityBody(Body):
    """An identity document by type and number."""

    type = fields.String(required=True, validate=validate.OneOf([one.value for one in DocumentType]))
    number = text(max_length=40)


class MeBody(Body):
    """Who somebody is."""

    name = text(max_length=60)
    identity = fields.Nested(IdentityBody, required=True)
    city = text(max_length=6, required=False)
    language = fields.String(validate=validate.OneOf(["zh", "en"]))


class EmailBody(Body):
    """An address for messages; null forgets it."""

    email = text(max_length=254, allow_none=True)


class ApplicationBody(Body):
    """A new application."""

    city = text(max_length=6)
    employer = text(max_length=18, required=False, allow_none=True, load_default=None)
    facts = facts(required=False)


class EvidenceBody(Body):
    """A piece of evidence: a title and the facts that it proves."""

    title = text(max_length=120)
    facts = facts(required=True)


class ReasonBody(Body):
    """A written reason."""

    reason = text(max_length=2000)


class NothingBody(Body):
    """No fields."""


class VersionBody(Body):
    """The version of the case that the officer saw."""

    version = integer()


class SupplementBody(VersionBody):
    """Every missing document, at once."""

    documents = fields.List(text(max_length=120), required=True, validate=validate.Length(1, 30))
    reason = text(max_length=2000)


class ReviewBody(VersionBody):
    """A recommendation."""

    outcome = fields.Enum(Outcome, by_value=True, required=True)
    reason = text(max_length=2000, required=False, load_default="")
    tier = fields.String(validate=validate.OneOf("ABCDE"), load_default=None, allow_none=True)
    rule = text(max_length=40, required=False, load_default="")


class DecisionBody(ReviewBody):
    """A decision."""


class CardChangeBody(Body):
    """Why a card is suspended or revoked: a code and a sentence."""

    because = fields.Enum(CardReason, by_value=True, required=True)
    reason = text(max_length=2000)


class ReplacementBody(Body):
    """Why a card is replaced: lost or damaged."""

    because = fields.String(required=True, validate=validate.OneOf(sorted(one.value for one in REISSUES)))
    reason = text(max_length=2000)


class OwnReplacementBody(ReplacementBody):
    """Why one's own card is replaced, with the number of the identity document once more."""

    identity_number = text(max_length=40)


class DeviceKeyBody(Body):
    """A P-256 public key."""

    kty = fields.String(required=True, validate=validate.Equal("EC"))
    crv = fields.String(required=True, validate=validate.Equal("P-256"))
    x = text(max_length=64)
    y = text(max_length=64)


class DeviceBody(Body):
    """A phone: its name, its public key, and the signed challenge."""

    name = text(max_length=60)
    jwk = fields.Nested(DeviceKeyBody, required=True)
    proof = text(max_length=2048)


class CredentialBody(Body):
    """Which kind of code is wanted."""

    assurance = fields.String(required=True, validate=validate.OneOf(["device", "online", "print"]))
    device = text(max_length=40, required=False)
    renew = fields.Boolean(load_default=False)


class VerificationBody(Body):
    """A presentation to verify for a purpose."""

    presentation = fields.String(required=True, validate=validate.Length(min=1))
    purpose = text(max_length=40)
    presented_at = fields.AwareDateTime(load_default=None, allow_none=True)
    challenge = text(max_length=22, required=False, load_default=None, allow_none=True)


class RedemptionBody(Body):
    """An item to redeem on a verification."""

    verification = text(max_length=40)
    item = text(max_length=80)
    beneficiary = text(max_length=40, required=False, load_default="holder")
    details = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)
    reserve = StrictBoolean(load_default=False)


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


class SiteBody(Body):
    """A site."""

    name = text(max_length=120)
    city = text(max_length=6)


class PartnerBody(Body):
    """A new partner."""

    name = text(max_length=120)
    uscc = text(max_length=18)
    domains = fields.List(text(max_length=40), required=True, validate=validate.Length(1, 20))
    sites = fields.List(fields.Nested(SiteBody), load_default=list, validate=validate.Length(max=500))


class ClientBody(Body):
    """A new client of a partner."""

    name = text(max_length=120)
    scopes = fields.List(text(max_length=60), required=True, validate=validate.Length(1, 40))
    site = text(max_length=40, required=False, load_default=None, allow_none=True)
    jwks = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=None, allow_none=True)


class RotationBody(Body):
    """Whether the old secret ends at once."""

    at_once = StrictBoolean(load_default=False)


class ClientKeysBody(Body):
    """A set of public keys (RFC 7517)."""

    jwks = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)


class NetworksBody(Body):
    """Networks as CIDR."""

    networks = fields.List(text(max_length=50), required=True, validate=validate.Length(max=50))


class RateBody(Body):
    """How often a partner may call; null for the usual rate."""

    requests_per_minute = integer(validate=validate.Range(1, 10_000_000), required=True, allow_none=True)


class WebhookBody(Body):
    """Where a partner wants to be told."""

    url = text(max_length=500)


class DependantBody(Body):
    """A spouse, child or parent, with what proves it."""

    relation = fields.Enum(Relation, by_value=True, required=True)
    name = text(max_length=60)
    identity = fields.Nested(IdentityBody, required=True)
    born = fields.Date(load_default=None, allow_none=True)
    evidence = facts(required=True)
    guardian_consent = StrictBoolean(load_default=False)


class ConsentBody(Body):
    """Whether the guardian consents."""

    given = StrictBoolean(required=True)


class DependantDecisionBody(Body):
    """An officer's word on a declared dependant."""

    outcome = fields.String(required=True, validate=validate.OneOf(["confirm", "refuse"]))
    reason = text(max_length=2000)


class OperatorBody(Body):
    """A new desk operator."""

    site = text(max_length=40)
    username = text(max_length=64)
    name = text(max_length=60)
    password = text(max_length=256)
    scopes = fields.List(text(max_length=60), required=True, validate=validate.Length(1, 40))


class OpeningBody(Body):
    """Days of the week (1 is Monday) and local times."""

    days = fields.List(integer(validate=validate.Range(1, 7)), required=True, validate=validate.Length(1, 7))
    opens = text(max_length=5)
    closes = text(max_length=5)


class ServicePointBody(Body):
    """A new service point; the place in degrees (WGS 84)."""

    kind = fields.Enum(PointKind, by_value=True, required=True)
    name_zh = text(max_length=80)
    name_en = text(max_length=120)
    city = text(max_length=6)
    address = text(max_length=200)
    longitude = fields.Float(required=True, allow_nan=False, validate=validate.Range(-180, 180))
    latitude = fields.Float(required=True, allow_nan=False, validate=validate.Range(-90, 90))
    domains = fields.List(text(max_length=40), load_default=list, validate=validate.Length(max=20))
    languages = fields.List(
        fields.String(validate=validate.OneOf(["zh", "en", "ja", "ko", "de", "fr"])), load_default=lambda: ["zh"]
    )
    hours = fields.List(fields.Nested(OpeningBody), load_default=list, validate=validate.Length(max=14))
    phone = text(max_length=24, required=False, load_default=None, allow_none=True)
    site_id = text(max_length=40, required=False, load_default=None, allow_none=True)


class PartnerStateBody(Body):
    """Suspend or restore."""

    state = fields.String(required=True, validate=validate.OneOf(["active", "suspended"]))


class StepBody(Body):
    """A step with a case: a written reason where the step needs one, whom it goes to, what version was seen."""

    reason = text(max_length=2000, required=False, load_default="")
    assignee = text(max_length=64, required=False, load_default=None)
    version = integer(required=False, load_default=None)


class CommentBody(Body):
    """A comment among officers."""

    text = text(max_length=4000)


class BulkItem(Body):
    """One case of a bulk approval, with the version that was seen."""

    id = text(max_length=64)
    version = integer(required=True)


class BulkBody(Body):
    """Several straightforward cases to approve."""

    items = fields.List(fields.Nested(BulkItem), required=True, validate=validate.Length(1, 50))
    reason = text(max_length=2000)


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


class CheckedBody(Body):
    """Where a piece of evidence was checked."""

    source = text(max_length=200)


class DeputyBody(Body):
    """A leave: the deputy, the days, and whose leave it is when a supervisor enters it."""

    deputy = text(max_length=64)
    from_day = fields.Date(required=True, format="iso")
    until_day = fields.Date(required=True, format="iso")
    reason = text(max_length=500, required=False, load_default="")
    officer = text(max_length=64, required=False, load_default=None)


class ViewFilters(Body):
    """The filters of a view of the queue, as the queue itself takes them."""

    state = text(max_length=40, required=False)
    q = text(max_length=40, required=False)
    mine = fields.String(validate=validate.OneOf(["true"]))
    city = text(max_length=6, required=False)
    track = text(max_length=40, required=False)
    kind = text(max_length=40, required=False)
    due = fields.String(validate=validate.OneOf(["passed", "soon"]))


class ViewBody(Body):
    """A view of the queue to keep."""

    name = text(max_length=40)
    filters = fields.Nested(ViewFilters, required=True)


class PhraseBody(Body):
    """A ready-made phrase for reasons."""

    kind = fields.Enum(PhraseKind, by_value=True, required=True)
    zh = text(max_length=500)
    en = text(max_length=500)


class ResetBody(Body):
    """Why somebody needs a new second factor."""

    reason = text(max_length=500)
