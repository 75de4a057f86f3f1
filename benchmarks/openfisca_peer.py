"""The policy for OpenFisca: a variable a fact, a formula a rule; for one person or for all, in the same vectors.

OpenFisca has no lists, so it is told who has a listed code, which spares it that part of the work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

import numpy as np
from openfisca_core import periods, simulations
from openfisca_core.entities import build_entity
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.policy60.rules import in_force, number
from benchmarks.policy60.translate import ON, TIERS, TYPES

_KINDS = {"b": bool, "i": int, "f": float}
_PERIOD = periods.period(ON.isoformat()[:7])


class OpenFisca:
    """The policy, for inputs of these names and types."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        person = build_entity("person", "persons", "A person", is_person=True)
        self.system = TaxBenefitSystem([person])
        shared = {"entity": person, "definition_period": periods.DateUnit.MONTH}
        rules = in_force()
        for name, values in inputs.items():
            kind = _KINDS[values.dtype.kind]
            self.system.add_variable(type(name, (Variable,), {**shared, "value_type": kind}))
        for place, rule in enumerate(rules):
            one = {**shared, "value_type": bool, "formula": _formula(rule)}
            self.system.add_variable(type(f"rule_{place}", (Variable,), one))

        def tier(persons: Any, period: Any) -> Any:
            met = [persons(f"rule_{place}", period) for place in range(len(rules))]
            return np.select(met, [rule["tier"] - 1 for rule in rules], len(TIERS))

        self.system.add_variable(type("tier", (Variable,), {**shared, "value_type": int, "formula": tier}))

    def places(self, inputs: Mapping[str, Any], count: int) -> Any:
        """Return the place of each person's tier, best first."""
        simulation = simulations.SimulationBuilder().build_default_simulation(self.system, count)
        for name, values in inputs.items():
            simulation.set_input(name, _PERIOD, values)
        return simulation.calculate("tier", _PERIOD)


def one_person(person: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs of one person as the other peers take them: ``single.as_peers_take_it``."""
    found = {
        name: np.array([round(value * 10_000) if TYPES.get(name) == "decimal" else value])
        for name, value in person.items()
        if not isinstance(value, list)
    }
    for rule in in_force():
        for name, codes in catalogues(rule["when"]):
            found[has(name, codes)] = np.array([not set(codes).isdisjoint(person[name])])
    return found


def _formula(rule: dict[str, Any]) -> Callable[..., Any]:
    return lambda persons, period: _vector(rule["when"], lambda name: persons(name, period))


def catalogues(node: dict[str, Any]) -> list[tuple[str, list[int]]]:
    """Return the lists with the codes that a condition looks for in them."""
    children = node.get("all") or node.get("any")
    if children:
        return [each for child in children for each in catalogues(child)]
    return [(node["f"], node["v"])] if node["op"] == "any_in" else []


def has(name: str, codes: list[int]) -> str:
    """Name the variable that tells whether a list holds one of some codes."""
    return f"has_{name}_{'_'.join(map(str, codes))}"


def _vector(node: dict[str, Any], value: Callable[[str], Any]) -> Any:
    for shape, join in (("all", and_), ("any", or_)):
        if shape in node:
            return reduce(join, [_vector(child, value) for child in node[shape]])
    if node["op"] == "any_in":
        return value(has(node["f"], node["v"]))
    fact, wanted = value(node["f"]), number(node)
    match node["op"]:
        case "is" | "eq":
            return fact == wanted
        case "ge":
            return fact >= wanted
        case "le":
            return fact <= wanted
    return np.isin(fact, wanted) ^ (node["op"] == "not_in")
