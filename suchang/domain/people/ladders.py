"""Ladders of education, titles and skills: the codes of the standards on the names that rule packs use."""

from __future__ import annotations

from enum import StrEnum


class Ladder(StrEnum):
    """A ladder whose members stand in rising order."""

    @property
    def rank(self) -> int:
        """Return 0 for the lowest rung, counting upwards."""
        return list(type(self)).index(self)


class Education(Ladder):
    """Completed education; completion without graduation (12, 15 and so on) is no rung."""

    SECONDARY_VOCATIONAL = "secondary_vocational"
    TECHNICAL_SCHOOL = "technical_school"
    JUNIOR_COLLEGE = "junior_college"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"


class Degree(Ladder):
    """An academic degree."""

    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"


class TitleLevel(Ladder):
    """The level of a professional title."""

    JUNIOR = "junior"
    INTERMEDIATE = "intermediate"
    ASSOCIATE_SENIOR = "associate_senior"
    SENIOR = "senior"


class SkillGrade(Ladder):
    """The eight grades of workers since 2022; the last is a grade, not the selection 省企业首席技师."""

    APPRENTICE = "apprentice"
    JUNIOR = "junior"
    INTERMEDIATE = "intermediate"
    SENIOR = "senior"
    TECHNICIAN = "technician"
    SENIOR_TECHNICIAN = "senior_technician"
    SPECIAL_TECHNICIAN = "special_technician"
    CHIEF_TECHNICIAN = "chief_technician"


_EDUCATION = {
    "11": Education.DOCTOR,
    "14": Education.MASTER,
    "21": Education.BACHELOR,
    "31": Education.JUNIOR_COLLEGE,
    "41": Education.SECONDARY_VOCATIONAL,
    "47": Education.TECHNICAL_SCHOOL,
}
_DEGREE = {"2": Degree.DOCTOR, "3": Degree.MASTER, "4": Degree.BACHELOR}
_TITLE = {
    "411": TitleLevel.SENIOR,
    "412": TitleLevel.ASSOCIATE_SENIOR,
    "420": TitleLevel.INTERMEDIATE,
    "430": TitleLevel.JUNIOR,
}


def education_of(code: str) -> Education | None:
    """Read a code of GB/T 4658; None for another one, completion without graduation included."""
    return _EDUCATION.get(code)


def degree_of(code: str) -> Degree | None:
    """Read a three-digit code of GB/T 6864; None for another one."""
    return _DEGREE.get(code[:1]) if len(code) == 3 and code.isascii() and code.isdecimal() else None


def title_level_of(code: str) -> TitleLevel | None:
    """Read a code of GB/T 12407; None for another one."""
    return _TITLE.get(code)


def skill_grade_of(number: int, *, older_levels: bool = False) -> SkillGrade | None:
    """Read a grade of the eight (1 apprentice to 8), or one of the older national levels, which run the other way.

    Older levels: 5 junior, 4 intermediate, 3 senior worker, 2 technician, 1 senior technician.
    """
    if older_levels:
        return list(SkillGrade)[6 - number] if 1 <= number <= 5 else None
    return list(SkillGrade)[number - 1] if 1 <= number <= 8 else None
