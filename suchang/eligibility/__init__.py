"""Rule packs: loading, determining, explaining and analysing eligibility; no framework, no database.

How the package hangs together
------------------------------
::

    folder ── pack/ ──►  Pack                             pack.model, pack.condition_ast: dated, nothing resolved
                          │ rules_in_force(pack, on)
                     RulesInForce                         in_force/: the intermediate form
                          │ resolve_date(leaf, pack, on)
        single/ ── batch/ ── sql/ ── analysis/            each back end; reference/ is the slow and obvious judge

``explain/`` puts rules, conditions and determinations into words, ``authoring/`` has what their writers use beside:
examples, amendments, differences, archives. ``simulation/`` compares two versions over many people.

``Pack.rules`` and ``Pack.conditions`` map an id to its dated versions. ``rules_in_force(pack, on)`` returns the
``RulesInForce`` of a day, valid for its whole ``period``:

* ``conditions[n]`` is ``Leaf | Items | Group | Negated | Never``; children are numbers smaller than their parent's, so
  that one pass in order evaluates all. ``Group(need, children)`` is ``at_least``; ``all`` has
  ``need == len(children)``, ``any`` has ``need == 1``. ``Items(fact, where, need)`` is ``any_item`` (need 1) or
  ``count_items``; ``where`` is a small tree of ``Leaf`` (with ``field``), ``AtLeast`` and
  ``Not``. ``use`` and ``rule_met`` are resolved to numbers.
* ``rules[i]`` has its ``condition`` number and its ``version`` (kind, tiers, track, source, waives …);
  ``tiers[t]`` has ``rules``, ``bases``, ``exclusions`` and ``waivers``, best tier first.
* ``resolve_date(leaf, pack, on)`` resolves relative dates, ages, ordered enumerations and catalogues to plain operands.

For one person::

    pack = load_pack("eligibility_rules/jiangsu")
    engine = Engine(pack)
    record = engine.parse_facts({"degree": "doctor"})               # FactsInvalid with a path for each bad field
    determination = engine.determine(record, date(2026, 11, 1))     # Determination: tier, met, unknown, nearest_miss
    determination.to_json("zh"), determination.canonical()          # as in the interface; RFC 8785 bytes to store
    report(determination, "en")                                     # plain text for a person

A fact with ``register`` reads absent as false. Values are bool, int, Decimal (at most 4 digits after the point), date
(``open`` is 9999-12-31) and str.
"""

from suchang.eligibility.engine import Engine
from suchang.eligibility.errors import DateOutOfRange, FactsInvalid, PackInvalid, PackProblem, Place, UnknownRule
from suchang.eligibility.explain.report import report
from suchang.eligibility.in_force.resolve_date import resolve_date
from suchang.eligibility.in_force.rules_in_force import RulesInForce, rules_in_force
from suchang.eligibility.pack.load import load_pack
from suchang.eligibility.pack.model import Fact, Label, Pack, Period, RuleKind, RuleVersion, Status, Type
from suchang.eligibility.single.determination import Determination
from suchang.eligibility.single.record import Record

__all__ = [
    "DateOutOfRange",
    "Determination",
    "Engine",
    "Fact",
    "FactsInvalid",
    "Label",
    "Pack",
    "PackInvalid",
    "PackProblem",
    "Period",
    "Place",
    "Record",
    "RuleKind",
    "RuleVersion",
    "RulesInForce",
    "Status",
    "Type",
    "UnknownRule",
    "load_pack",
    "report",
    "resolve_date",
    "rules_in_force",
]
