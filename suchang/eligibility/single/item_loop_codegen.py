"""Write the loops over the items of a list: whether enough of them pass, whether too few ever can, what is lacking."""

from __future__ import annotations

from suchang.eligibility.pack.condition_ast import AtLeast, InCatalogue, Items, Leaf, Node, Not
from suchang.eligibility.single.expression_codegen import Expressions, Truth, combined


def item_truth(expressions: Expressions, items: Items) -> Truth:
    """Return the expressions of the test of one item over its variables ``x0``, ``x1`` …"""
    return _truth(expressions, items.fact, items.where)


def _truth(expressions: Expressions, fact: str, node: Node) -> Truth:
    match node:
        case Leaf():
            places = {field.name: f"x{place}" for place, field in enumerate(expressions.pack.facts[fact].fields)}
            at = node.test.at if isinstance(node.test, InCatalogue) else None
            return expressions.leaf(node, places[node.field or ""], places[at] if at else "")
        case AtLeast():
            return combined(node.need, [_truth(expressions, fact, child) for child in node.children])
        case Not():
            return _truth(expressions, fact, node.child).swapped()
        case _:
            raise TypeError(node)


def item_names(expressions: Expressions, items: Items) -> str:
    """Return the target of a loop over the items: one variable for a code, one a field for a record."""
    fields = expressions.pack.facts[items.fact].fields
    return "x0" if fields[0].name == "" else f"({', '.join(f'x{place}' for place in range(len(fields)))},)"


def loop_source(expressions: Expressions, number: int, items: Items) -> str:
    """Write the three functions of one test of a list: ``enough``, ``few`` and ``lack``."""
    truth = item_truth(expressions, items)
    names = item_names(expressions, items)
    return f"""
 def enough{number}(xs):
  t = 0
  for {names} in xs:
   if {truth.true}:
    t += 1
    if t >= {items.need}: return True
  return False

 def few{number}(xs, complete):
  if not complete: return False
  p = 0
  for {names} in xs:
   if not {truth.false}:
    p += 1
    if p >= {items.need}: return False
  return True

 def lack{number}(xs, complete, unit, effort, base):
  t = u = 0
  for {names} in xs:
   if {truth.true}: t += 1
   elif not {truth.false}: u += 1
  k = {items.need} - t
  if k <= 0: return 0
  if complete is None: return unit + base
  if not complete or k <= u: return k * unit + base
  return u * unit + (k - u) * effort + base
"""
