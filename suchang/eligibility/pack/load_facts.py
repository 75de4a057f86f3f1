"""Read facts.yaml: the vocabulary of a pack."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from suchang.eligibility.pack.model import LISTS, Check, Fact, Field, Kinds, Label, StatedBy, Type
from suchang.eligibility.pack.reader import ID, NAME, Skip, Value, suggestion

MAX_FACTS = 400
CODE_FIELD = Label("代码", "code")
_SHARED = ("unit", "values", "ordered", "stated_by", "check")
_RESERVED = ("id", "tier", "possible_tier", "track", "rule")


def read_facts(value: Value, kinds: Sequence[str]) -> dict[str, Fact]:
    """Read all facts in declared order, each of one of the kinds; a bad one is noted and left out."""
    found: dict[str, Fact] = {}
    declared = value.mapping(["facts"])["facts"].free_mapping()
    if not 1 <= len(declared) <= MAX_FACTS:
        raise value.fail(f"a pack has 1 to {MAX_FACTS} facts")
    for name, each in declared.items():
        with suppress(Skip):
            found[name] = _fact(name, each, len(found), kinds)
    return found


def _fact(name: str, value: Value, index: int, kinds: Sequence[str]) -> Fact:
    _check_name(name, value)
    extra = ["kind", "evidence", "changeable", "effort", "authority", "fields"]
    keys = value.mapping(["type", "label"], [*_SHARED, *extra])
    register = "authority" in keys and keys["authority"].one_of(["register", "evidence"], "authority") == "register"
    common = _field(name, value, keys, StatedBy.REGISTER if register else StatedBy.SELF, ())
    if register and common.stated_by is not StatedBy.REGISTER:
        raise keys["stated_by"].fail("what a register keeps is stated by the register; leave 'stated_by' out")
    fields: tuple[Field, ...] = ()
    if common.type is Type.RECORDS:
        fields = _fields(value, keys, common)
    elif "fields" in keys:
        raise keys["fields"].fail("only a list of records has fields")
    if common.type is Type.CODES:
        given = common.stated_by, common.check_by
        fields = (Field("", Type.CODE, CODE_FIELD, None, (), {}, False, value.place, *given),)
    if register and common.type is not Type.BOOL:
        raise value.fail("only a bool can have 'authority: register', where absent means false")
    return Fact(
        name=common.name,
        type=common.type,
        label=common.label,
        unit=common.unit,
        values=common.values,
        value_labels=common.value_labels,
        ordered=common.ordered,
        place=common.place,
        stated_by=common.stated_by,
        check_by=common.check_by,
        index=index,
        kind=_kind(keys["kind"], kinds) if "kind" in keys else "other",
        evidence=keys["evidence"].label() if "evidence" in keys else None,
        changeable=keys["changeable"].boolean() if "changeable" in keys else True,
        effort=keys["effort"].integer(1, 1000) if "effort" in keys else 100,
        register=register,
        fields=fields,
    )


def _kind(value: Value, kinds: Sequence[str]) -> str:
    kind = value.matching(NAME, "a kind in lower case, such as award")
    if kind not in kinds and kind in Kinds().known:
        # The lists have it misspelt or not at all: the fact is right, and a guess at a near word would be wrong.
        raise value.fail(f"the kind {kind!r} is missing from 'kinds' in pack.yaml; add it to one of its lists")
    if kind not in kinds:
        hint = suggestion(kind, kinds)
        raise value.fail(f"{kind!r} is no kind of this pack{hint}; pack.yaml declares further ones under 'kinds'")
    return kind


def _check_name(name: str, value: Value) -> None:
    if not NAME.match(name) or "__" in name:
        raise value.fail(f"{name!r} is no name: lower-case letters, digits and single underscores, a letter first")
    if name in _RESERVED or name.startswith(("s_", "g_")):
        raise value.fail(f"the name {name!r} is used by the columns of results; choose another")


def _fields(value: Value, keys: dict[str, Value], fact: Field) -> tuple[Field, ...]:
    if "fields" not in keys:
        raise value.fail("a list of records needs 'fields'")
    fields = []
    for name, each in keys["fields"].free_mapping().items():
        _check_name(name, each)
        field = _field(name, each, each.mapping(["type", "label"], _SHARED), fact.stated_by, fact.check_by)
        if field.type in LISTS:
            raise each.fail("a field of an item can't be a list")
        fields.append(field)
    if not 1 <= len(fields) <= 30:
        raise value.fail("a record has 1 to 30 fields")
    return tuple(fields)


def _field(name: str, value: Value, keys: dict[str, Value], stated_by: StatedBy, check_by: tuple[Check, ...]) -> Field:
    kind = Type(keys["type"].one_of([each.value for each in Type], "type"))
    labels: dict[str, Label] = {}
    if kind is Type.ENUM:
        labels = _values(value, keys)
    elif "values" in keys or "ordered" in keys:
        raise value.fail("only an enum has 'values' and 'ordered'")
    return Field(
        name=name,
        type=kind,
        label=keys["label"].label(),
        unit=keys["unit"].label() if "unit" in keys else None,
        values=tuple(labels),
        value_labels=labels,
        ordered="ordered" in keys and keys["ordered"].boolean(),
        place=value.place,
        stated_by=StatedBy(keys["stated_by"].one_of(list(StatedBy), "stated_by")) if "stated_by" in keys else stated_by,
        check_by=_checks(keys["check"]) if "check" in keys else check_by,
    )


def _checks(value: Value) -> tuple[Check, ...]:
    found = tuple(Check(each.one_of(list(Check), "check")) for each in value.items(len(Check)))
    if len(set(found)) != len(found):
        raise value.fail("a check stands in the list twice")
    return found


def _values(value: Value, keys: dict[str, Value]) -> dict[str, Label]:
    if "values" not in keys:
        raise value.fail("an enum needs 'values'")
    labels: dict[str, Label] = {}
    for each in keys["values"].items(200):
        parts = each.mapping(["code", "label"])
        code = parts["code"].matching(ID, "a code of letters, digits, dot, dash and underscore")
        if code in labels:
            raise each.fail(f"the value {code!r} stands here twice")
        labels[code] = parts["label"].label()
    return labels
