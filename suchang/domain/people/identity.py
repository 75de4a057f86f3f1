"""Identity documents: which there are, how their numbers are built, and a strict reader for each.

Sources: GB 11643-1999 (resident identity number, MOD 11-2 of ISO 7064), the form of the foreign permanent resident card
since 2023 and before, the travel permits of Hong Kong, Macao and Taiwan residents, ICAO 9303 for passports.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from suchang.domain.errors import FieldProblem, Invalid
from suchang.domain.people.spelling import compact

Sex = Literal["male", "female"]

DEMO_AREA = "329999"
"""An area that does not exist: numbers of demo people can't be anybody's."""

# GB/T 2260: the first two digits. County codes are not looked up, because retired ones stay valid in people's numbers.
_REGIONS = {1: "12345", 2: "123", 3: "1234567", 4: "123456", 5: "01234", 6: "12345", 7: "1", 8: "123"}
PROVINCES = frozenset(f"{region}{digit}" for region, digits in _REGIONS.items() for digit in digits)
_PERMIT_AREAS = frozenset({"810000", "820000", "830000"})
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_OLDEST = 130


class DocumentType(StrEnum):
    """The documents that identify a person here."""

    RESIDENT_ID = "resident_id"
    HMT_RESIDENCE_PERMIT = "hmt_residence_permit"
    FOREIGN_PERMANENT_RESIDENT = "foreign_permanent_resident"
    HK_MACAO_TRAVEL_PERMIT = "hk_macao_travel_permit"
    TAIWAN_TRAVEL_PERMIT = "taiwan_travel_permit"
    PASSPORT = "passport"

    @property
    def zh(self) -> str:
        """Return the Chinese name of the document."""
        return _NAMES[self]


_NAMES = {
    DocumentType.RESIDENT_ID: "居民身份证",
    DocumentType.HMT_RESIDENCE_PERMIT: "港澳台居民居住证",
    DocumentType.FOREIGN_PERMANENT_RESIDENT: "外国人永久居留身份证",
    DocumentType.HK_MACAO_TRAVEL_PERMIT: "港澳居民来往内地通行证",
    DocumentType.TAIWAN_TRAVEL_PERMIT: "台湾居民来往大陆通行证",
    DocumentType.PASSPORT: "护照",
}


class InvalidIdentity(Invalid):
    """A number can't be that of the document it is said to be."""

    slug = "invalid_identity"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, errors=(FieldProblem("number", detail),))


@dataclass(frozen=True, slots=True)
class IdentityDocument:
    """One checked document: its number in the one normal form, and what the number itself says.

    ``country`` is ISO 3166 (three letters, or three digits on the permanent resident card since 2023).
    """

    type: DocumentType
    number: str
    birth_date: date | None = None
    sex: Sex | None = None
    country: str | None = None

    def __repr__(self) -> str:
        return f"IdentityDocument({self.type.value}, …)"


def read_identity(document_type: str, number: str, *, today: date, demo: bool = False) -> IdentityDocument:
    """Read a document number strictly and give its normal form.

    Full-width characters, lower case, blanks, dashes and invisible marks are forgiven; nothing else is. ``today``
    bounds the birth date, ``demo`` admits numbers of the demo area. Raises ``InvalidIdentity`` with one sentence, which
    never repeats the number.
    """
    try:
        kind = DocumentType(document_type)
    except ValueError:
        raise InvalidIdentity(f"The document type must be one of {', '.join(DocumentType)}.") from None
    text = compact(number)
    match kind:
        case DocumentType.RESIDENT_ID | DocumentType.HMT_RESIDENCE_PERMIT:
            return _resident(kind, text, today, demo)
        case DocumentType.FOREIGN_PERMANENT_RESIDENT:
            return _permanent_resident(text, today)
        case DocumentType.HK_MACAO_TRAVEL_PERMIT:
            return _travel_permit(text)
        case DocumentType.TAIWAN_TRAVEL_PERMIT:
            if not re.fullmatch(r"[0-9]{8}", text):
                raise InvalidIdentity("A Taiwan residents' travel permit number is 8 digits.")
            return IdentityDocument(kind, text, country="TWN")
        case DocumentType.PASSPORT:
            return _passport(text)


def check_character(body: str) -> str:
    """Return the 18th character of a number of 17 digits (ISO 7064 MOD 11-2)."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def _resident(kind: DocumentType, text: str, today: date, demo: bool) -> IdentityDocument:
    """Read 6 digits of area, 8 of birth date, 3 of sequence (odd is male) and the check character."""
    _eighteen(text, kind.zh)
    area = text[:6]
    if area == DEMO_AREA and not demo:
        raise InvalidIdentity("The area of this number is the one of demo people, who exist only in demo mode.")
    if kind is DocumentType.HMT_RESIDENCE_PERMIT and area not in _PERMIT_AREAS:
        raise InvalidIdentity("A residence permit of Hong Kong, Macao or Taiwan begins with 810000, 820000 or 830000.")
    if kind is DocumentType.RESIDENT_ID:
        if area in _PERMIT_AREAS:
            raise InvalidIdentity("This is the number of a Hong Kong, Macao or Taiwan resident's permit.")
        if text[:2] not in PROVINCES or area.endswith("0000"):
            raise InvalidIdentity("The first six digits of the number are no area of China.")
    return IdentityDocument(kind, text, _birth_date(text[6:14], today), _sex(text))


def _permanent_resident(text: str, today: date) -> IdentityDocument:
    """Read 9, province, country, birth date, sequence and check; or the form before 2023, 3 letters and 12 digits."""
    kind = DocumentType.FOREIGN_PERMANENT_RESIDENT
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", text):
        return IdentityDocument(kind, text, country=text[:3])
    if not text.startswith("9"):
        raise InvalidIdentity(
            "A permanent resident card has 18 characters that begin with 9, or 3 letters and 12 digits."
        )
    _eighteen(text, kind.zh)
    if text[1:3] not in PROVINCES:
        raise InvalidIdentity("The second and third digit of the number are no province of China.")
    return IdentityDocument(kind, text, _birth_date(text[6:14], today), _sex(text), country=text[3:6])


def _travel_permit(text: str) -> IdentityDocument:
    """Read H or M, 8 digits and the optional 2 of the renewal, which are dropped: they change, the person does not."""
    if not re.fullmatch(r"[HM][0-9]{8}([0-9]{2})?", text):
        raise InvalidIdentity("A Hong Kong and Macao residents' travel permit is H or M and 8 or 10 digits.")
    return IdentityDocument(
        DocumentType.HK_MACAO_TRAVEL_PERMIT, text[:9], country="HKG" if text.startswith("H") else "MAC"
    )


def _passport(text: str) -> IdentityDocument:
    """Read a country of three letters, a colon, and 5 to 17 letters and digits: numbers are unique within a country."""
    if not re.fullmatch(r"[A-Z]{3}:[A-Z0-9]{5,17}", text):
        raise InvalidIdentity(
            "A passport is the country's three letters, a colon and 5 to 17 letters or digits, such as DEU:C01X00T47."
        )
    return IdentityDocument(DocumentType.PASSPORT, text, country=text[:3])


def _eighteen(text: str, name: str) -> None:
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        raise InvalidIdentity(f"A number of this document ({name}) has 17 digits and then a digit or X.")
    if check_character(text[:17]) != text[17]:
        raise InvalidIdentity("The number's last character does not fit the others; look for a mistyped digit.")
    if text[14:17] == "000":
        raise InvalidIdentity("The sequence in the number (15th to 17th digit) can't be 000.")


def _birth_date(digits: str, today: date) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise InvalidIdentity("The birth date in the number is not a day of the calendar.") from None
    if born > today:
        raise InvalidIdentity("The birth date in the number lies in the future.")
    if born.year < today.year - _OLDEST:
        raise InvalidIdentity(f"The birth date in the number is more than {_OLDEST} years ago.")
    return born


def _sex(text: str) -> Sex:
    return "male" if int(text[16]) % 2 else "female"


def mask_name(name: str) -> str:
    """Mask a name for everybody but its bearer: its first character and an asterisk, so its length tells nothing."""
    return name.strip()[:1] + "*" if name.strip() else ""
