"""Identity numbers, credit codes, places and ladders; python-stdnum is the independent reader."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import stdnum.cn.ric
import stdnum.cn.uscc
import stdnum.exceptions
from hypothesis import given
from hypothesis import strategies as st

from suchang.domain.errors import DomainError
from suchang.domain.people.identity import DEMO_AREA, DocumentType, InvalidIdentity, check_character, read_identity
from suchang.domain.people.ladders import (
    Degree,
    Education,
    SkillGrade,
    TitleLevel,
    degree_of,
    education_of,
    skill_grade_of,
    title_level_of,
)
from suchang.domain.people.organisation import InvalidCreditCode, credit_check_character, read_credit_code
from suchang.domain.places import CITIES

TODAY = date(2026, 11, 2)
days = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)
sequences = st.integers(1, 999)


def number(area: str, born: date, sequence: int) -> str:
    body = f"{area}{born:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


def read(kind: str, text: str, *, demo: bool = False):
    return read_identity(kind, text, today=TODAY, demo=demo)


@given(days, sequences, st.sampled_from(["110101", "320102", "440301", "321302"]))
def test_birth_date_and_sex_are_read_when_a_resident_number_is_good(born, sequence, area):
    text = number(area, born, sequence)
    document = read("resident_id", text)
    assert document.birth_date == born
    assert document.sex == ("male" if sequence % 2 else "female")
    assert document.number == text
    assert stdnum.cn.ric.calc_check_digit(text) == text[-1]


@given(days, sequences, st.integers(0, 17), st.sampled_from("0123456789"))
def test_every_single_mistyped_digit_is_refused_when_the_rest_is_right(born, sequence, place, wrong):
    good = number("320102", born, sequence)
    bad = good[:place] + wrong + good[place + 1 :]
    if bad != good:
        with pytest.raises(InvalidIdentity):
            read("resident_id", bad)


@given(days, sequences, st.integers(0, 16))
def test_swapped_neighbours_are_refused_when_they_differ(born, sequence, place):
    good = number("320102", born, sequence)
    bad = good[:place] + good[place + 1] + good[place] + good[place + 2 :]
    if bad != good:
        with pytest.raises(InvalidIdentity):
            read("resident_id", bad)


def refusal(reader, text: str) -> DomainError | None:
    try:
        reader(text)
    except DomainError as error:
        return error
    return None


plausible = st.one_of(st.text(max_size=24), st.from_regex(r"[A-Z]{0,3}:?[0-9]{5,17}[0-9X]?", fullmatch=True))


@given(plausible, st.sampled_from([*DocumentType, "", "ration_book"]))
def test_any_text_gives_a_document_or_one_sentence_when_it_is_read(text, kind):
    refused = refusal(lambda given: read(kind, given, demo=True), text)
    if refused is None:
        document = read(kind, text, demo=True)
        assert read(kind, document.number, demo=True) == document, "the normal form is stable"
    else:
        assert isinstance(refused, InvalidIdentity)
        assert "\n" not in refused.detail
        assert refused.detail.endswith(".")
        assert refused.errors[0].field == "number"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "17 digits"),
        ("3201021990010112", "17 digits"),
        ("٣٢٠١٠٢١٩٩٠٠١٠١١٢٣٤", "17 digits"),
        ("320102_19900101_1234", "17 digits"),
        (number("320102", TODAY + timedelta(days=1), 123), "future"),
        (number("320102", date(1801, 1, 1), 123), "130 years"),
        ("32010219900230123" + check_character("32010219900230123"), "calendar"),
        ("32010200000000123" + check_character("32010200000000123"), "calendar"),
        ("32010219900101000" + check_character("32010219900101000"), "000"),
        (number("990102", date(1990, 1, 1), 123), "no area"),
        (number("000000", date(1990, 1, 1), 123), "no area"),
        (number("320000", date(1990, 1, 1), 123), "no area"),
        (number("810000", date(1990, 1, 1), 123), "permit"),
        (number(DEMO_AREA, date(1990, 1, 1), 123), "demo"),
    ],
)
def test_the_sentence_names_the_fault_when_a_resident_number_is_bad(text, sentence):
    with pytest.raises(InvalidIdentity, match=sentence) as refused:
        read("resident_id", text)
    assert not text or text not in refused.value.detail, "a refusal never repeats the number"


def test_a_person_born_today_is_accepted_when_registered():
    assert read("resident_id", number("320102", TODAY, 7)).birth_date == TODAY


def test_demo_people_are_accepted_when_in_demo_mode_alone():
    text = number(DEMO_AREA, date(1990, 2, 28), 31)
    assert read("resident_id", text, demo=True).number == text
    with pytest.raises(InvalidIdentity, match="demo mode"):
        read("resident_id", text)


@pytest.mark.parametrize("form", ["{}", " {} ", "\u3000{}"])
def test_forgivable_spelling_is_normalised_when_the_number_is_good(form):
    text = next(n for s in range(1, 99) if (n := number("320102", date(1990, 1, 1), s)).endswith("X"))
    wide = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    assert read("resident_id", form.format(text.lower())).number == text
    assert read("resident_id", form.format(wide)).number == text


@pytest.mark.parametrize("area", ["810000", "820000", "830000"])
def test_residence_permits_are_read_when_they_have_their_own_areas(area):
    text = number(area, date(1988, 8, 8), 88)
    assert read("hmt_residence_permit", text).birth_date == date(1988, 8, 8)
    with pytest.raises(InvalidIdentity, match="810000"):
        read("hmt_residence_permit", number("320102", date(1988, 8, 8), 88))


def test_both_forms_are_read_when_a_foreigner_has_permanent_residence():
    body = "932" + "276" + "19790413" + "007"
    new = read("foreign_permanent_resident", body + check_character(body))
    assert (new.birth_date, new.sex, new.country) == (date(1979, 4, 13), "male", "276")
    old = read("foreign_permanent_resident", "deu320079041307")
    assert (old.number, old.country, old.birth_date) == ("DEU320079041307", "DEU", None)


@pytest.mark.parametrize("text", ["832276197904130070", "DE1320079041307", "999276197904130079", "9"])
def test_a_permanent_resident_number_is_refused_when_it_has_neither_form(text):
    with pytest.raises(InvalidIdentity):
        read("foreign_permanent_resident", text)


def test_renewals_of_a_travel_permit_are_one_person_when_the_counter_changes():
    assert read("hk_macao_travel_permit", "H1234567801") == read("hk_macao_travel_permit", "h12345678")
    assert read("hk_macao_travel_permit", "M1234567899").country == "MAC"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("hk_macao_travel_permit", "A12345678"),
        ("hk_macao_travel_permit", "H123456789"),
        ("taiwan_travel_permit", "1234567"),
        ("taiwan_travel_permit", "123456789"),
        ("passport", "C01X00T47"),
        ("passport", "DEU:C01"),
        ("passport", "DEU:" + "A" * 18),
        ("passport", "DEU:C01X_0T47"),
    ],
)
def test_travel_documents_are_refused_when_their_form_is_wrong(kind, text):
    with pytest.raises(InvalidIdentity):
        read(kind, text)


def test_passports_differ_when_only_the_country_does():
    assert read("passport", "deu:c01x00t47").number == "DEU:C01X00T47"
    assert read("passport", "FRA:C01X00T47") != read("passport", "DEU:C01X00T47")
    assert read("taiwan_travel_permit", "12345678").number == "12345678"


def test_a_document_does_not_show_its_number_when_printed():
    assert "C01X00T47" not in f"{read('passport', 'DEU:C01X00T47')!r}"


characters = st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY")


@given(characters, st.integers(100000, 659999), st.lists(characters, min_size=9, max_size=9))
def test_the_check_character_is_the_one_of_another_library_when_a_code_is_made(first, area, organisation):
    body = f"{first}1{area}{''.join(organisation)}"
    code = body + credit_check_character(body)
    assert code[-1] == stdnum.cn.uscc.calc_check_digit(code)
    assert read_credit_code(code.lower(), demo=True) == code


@given(characters, st.integers(0, 17), characters, st.lists(characters, min_size=9, max_size=9))
def test_every_single_mistyped_character_is_refused_when_the_rest_of_a_code_is_right(first, place, wrong, organisation):
    body = f"{first}1320102{''.join(organisation)}"[:17]
    good = body + credit_check_character(body)
    bad = good[:place] + wrong + good[place + 1 :]
    if bad != good:
        with pytest.raises(InvalidCreditCode):
            read_credit_code(bad)


@given(st.text(max_size=24))
def test_any_text_gives_a_code_or_one_sentence_when_it_is_read(text):
    refused = refusal(read_credit_code, text)
    assert refused is None or (isinstance(refused, InvalidCreditCode) and "\n" not in refused.detail)


def test_demo_employers_are_accepted_when_in_demo_mode_alone():
    body = "91329999MA1ABCD12"
    code = body + credit_check_character(body)
    assert read_credit_code(code, demo=True) == code
    with pytest.raises(InvalidCreditCode, match="demo mode"):
        read_credit_code(code)


def test_thirteen_cities_are_known_when_five_of_them_are_northern():
    assert len(CITIES) == 13
    assert {city.name.zh for city in CITIES.values() if city.northern} == {"徐州", "连云港", "淮安", "盐城", "宿迁"}
    assert all(116 < city.longitude < 122 and 30.5 < city.latitude < 35.5 for city in CITIES.values())


def test_ladders_rise_when_codes_of_the_standards_are_read():
    assert [education_of(code) for code in ("11", "14", "21", "12", "15")] == [
        Education.DOCTOR,
        Education.MASTER,
        Education.BACHELOR,
        None,
        None,
    ]
    assert (degree_of("201"), degree_of("345"), degree_of("401"), degree_of("4"), degree_of("901")) == (
        Degree.DOCTOR,
        Degree.MASTER,
        Degree.BACHELOR,
        None,
        None,
    )
    assert title_level_of("411") is TitleLevel.SENIOR
    assert TitleLevel.SENIOR.rank > TitleLevel.ASSOCIATE_SENIOR.rank > TitleLevel.INTERMEDIATE.rank
    assert [skill_grade_of(n) for n in (0, 1, 8, 9)] == [None, SkillGrade.APPRENTICE, SkillGrade.CHIEF_TECHNICIAN, None]
    assert [skill_grade_of(n, older_levels=True) for n in (0, 5, 4, 3, 2, 1, 6)] == [
        None,
        SkillGrade.JUNIOR,
        SkillGrade.INTERMEDIATE,
        SkillGrade.SENIOR,
        SkillGrade.TECHNICIAN,
        SkillGrade.SENIOR_TECHNICIAN,
        None,
    ]
