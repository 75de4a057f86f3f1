"""The benefit domains, one package each: ``service.py`` and ``catalogue.yaml``.

A folder with these two files is a domain; nothing else names it. ``load`` finds the folders and gives those that are
switched on. The modules beside the folders are the floor that they share.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from services.base import CatalogueService
from services.catalogue import CatalogueInvalid
from services.strict_yaml import Problem
from suchang.domain.errors import Invalid
from suchang.domain.redemption import BenefitService

__all__ = ["CatalogueInvalid", "Problem", "available", "check", "load"]


def available() -> tuple[str, ...]:
    """Name the domains that lie in the folder, in the order of their names."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))


def load(enabled: Iterable[str] | None = None) -> Mapping[str, BenefitService]:
    """Load the domains that are switched on (None: all), in the order of their bits.

    Raises Invalid for a name that is no domain, and CatalogueInvalid with every problem of every catalogue.
    """
    wanted = available() if enabled is None else tuple(dict.fromkeys(enabled))
    unknown = sorted(set(wanted) - set(available()))
    if unknown:
        raise Invalid(f"There is no benefit domain {', '.join(unknown)}; there are {', '.join(available())}.")
    services, problems = _load(wanted)
    if problems:
        raise CatalogueInvalid(problems)
    return services


def check() -> tuple[Problem, ...]:
    """List every problem of every domain in the folder, switched on or not."""
    return tuple(_load(available())[1])


def _load(slugs: Iterable[str]) -> tuple[dict[str, CatalogueService], list[Problem]]:
    services: list[CatalogueService] = []
    problems: list[Problem] = []
    for slug in slugs:
        module = importlib.import_module(f"{__name__}.{slug}.service")
        catalogue = Path(str(module.__file__)).with_name("catalogue.yaml")
        try:
            services.append(module.Service(catalogue))
        except CatalogueInvalid as error:
            problems += error.problems
    bits: dict[int, str] = {}
    for service in sorted(services, key=lambda each: each.domain.slug):
        other = bits.setdefault(service.domain.bit, service.domain.slug)
        if other != service.domain.slug:
            service.document.problem(("bit",), f"bit: {service.domain.bit} belongs to {other} and is never used twice")
            problems += service.document.problems
    return {service.domain.slug: service for service in sorted(services, key=lambda each: each.domain.bit)}, problems
