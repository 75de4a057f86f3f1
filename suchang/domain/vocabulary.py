"""Words that every floor shares: tier, relation, assurance, and a text in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """A card's tier, from the highest to the lowest; their number is an assumption (the documents name none)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"

    @property
    def rank(self) -> int:
        """Return 0 for the highest tier, counting downwards."""
        return "ABCDE".index(self.value)


class Relation(StrEnum):
    """What a dependant is to the principal."""

    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"


class Assurance(StrEnum):
    """How sure a desk can be of who stands before it: the three kinds of credential, and the look-up by document."""

    DEVICE = "device"
    ONLINE = "online"
    PRINT = "print"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence for people: Chinese first, English beside it."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the English sentence for ``en`` and its variants, otherwise the Chinese one."""
        return self.en if language.lower().startswith("en") else self.zh


class PhraseKind(StrEnum):
    """What a ready-made phrase gives the reason for."""

    APPROVE = "approve"
    REJECT = "reject"
    SUPPLEMENT = "supplement"
    SEND_BACK = "send_back"
