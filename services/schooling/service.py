"""Schooling: one arranged admission a child at the start of each stage, on one ground of several."""

from __future__ import annotations

from datetime import date

from marshmallow import fields

from services.base import CatalogueService, Kind, Use, demand
from services.fields import Details, Strict, choice, pattern
from services.schema import AgeSchema
from suchang.domain.redemption import BenefitItem, Period, Refusal, RefusalReason, completed_years, school_stage
from suchang.domain.redemption.rules import Beneficiary
from suchang.domain.vocabulary import Text

_STAGES = ("primary", "junior_secondary")
_SCHOOL = r"[0-9]{10}"
_SCHOOL_HINT = "Not a school code: ten digits."


class AdmissionDetails(Details):
    """The stage that begins and the school."""

    stage = choice(*_STAGES, zh="学段", en="School stage")
    school_code = pattern(_SCHOOL, _SCHOOL_HINT, zh="学校标识码", en="Code of the school")


class AdmissionTerms(Strict):
    """The ages at which each stage may begin, on 31 August of the year of admission."""

    primary = fields.Nested(AgeSchema, required=True)
    junior_secondary = fields.Nested(AgeSchema, required=True)


class Admission(Kind):
    """An arranged admission at the start of a stage."""

    details = AdmissionDetails
    terms = AdmissionTerms

    def periods(self, item: BenefitItem, who: Beneficiary) -> tuple[Period, ...]:
        """Look at every stage."""
        return tuple(school_stage(stage) for stage in _STAGES)

    def period(self, use: Use) -> Period:
        """Count in the stage that begins."""
        return school_stage(use.details["stage"])

    def bar(self, item: BenefitItem, who: Beneficiary, period: Period) -> Refusal | None:
        """Refuse a child that is too young or too old for the stage on the next 31 August."""
        if who.dependant is None:
            return None
        ages = item.terms[period.key.removeprefix("stage:")]
        least, under = ages["least"], ages["under"]
        years = completed_years(who.dependant.born, _next_admission(who))
        if years < least:
            wait = _next_admission(who).year + least - years
            young = Text(f"{wait}年8月31日前满{least}周岁，届时可入学。", f"Old enough for the admission of {wait}.")
            return Refusal(RefusalReason.TOO_YOUNG, young)
        old = Text(f"入学当年须未满{under}周岁。", f"Under {under} in the year of admission.")
        return Refusal(RefusalReason.TOO_OLD, old) if years >= under else None

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the school and the year of admission."""
        return {"school_code": use.details["school_code"], "admission_year": _next_admission(use.who).year}


class TransferDetails(Details):
    """The stage, and the schools that a child leaves and joins."""

    stage = choice(*_STAGES, zh="学段", en="School stage")
    from_school_code = pattern(_SCHOOL, _SCHOOL_HINT, zh="转出学校标识码", en="Code of the school left")
    school_code = pattern(_SCHOOL, _SCHOOL_HINT, zh="转入学校标识码", en="Code of the school joined")


class Transfer(Kind):
    """A place in another school in mid-stage."""

    details = TransferDetails

    def periods(self, item: BenefitItem, who: Beneficiary) -> tuple[Period, ...]:
        """Look at every stage."""
        return tuple(school_stage(stage) for stage in _STAGES)

    def period(self, use: Use) -> Period:
        """Count in the child's stage."""
        return school_stage(use.details["stage"])

    def objection(self, use: Use) -> Refusal | None:
        """Refuse a transfer to the same school."""
        other = use.details["from_school_code"] != use.details["school_code"]
        return demand(other, "转入与转出学校不能相同。", "The school joined is the school left.")

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the school joined."""
        return {"school_code": use.details["school_code"]}


def _next_admission(who: Beneficiary) -> date:
    """Return the next 31 August, on which ages are taken (Compulsory Education Law, article 11, by custom)."""
    deadline = date(who.day.year, 8, 31)
    return deadline if who.day <= deadline else date(who.day.year + 1, 8, 31)


class Service(CatalogueService):
    """The schooling domain."""

    kinds = {"admission": Admission(), "transfer": Transfer()}
