"""A tenth domain is a folder and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import services
from services.catalogue import CatalogueInvalid
from suchang.cli.services import services as command
from suchang.domain.errors import Invalid
from suchang.domain.redemption import Charge, RedemptionRequest, Usage
from suchang.domain.vocabulary import Assurance
from tests.unit.services.people import AT, holder
from tests.unit.services.test_catalogue import GOOD

SERVICE = '''\
"""Heritage: gardens."""

from __future__ import annotations

from services.base import CatalogueService


class Service(CatalogueService):
    """The domain of heritage."""
'''


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Put a tenth domain beside the nine, in a folder of its own."""
    package = tmp_path / "heritage"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "service.py").write_text(SERVICE, encoding="utf-8")
    (package / "catalogue.yaml").write_text(GOOD, encoding="utf-8")
    services.__path__.append(str(tmp_path))
    yield package
    services.__path__.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.startswith("services.heritage")]:
        del sys.modules[name]
    vars(services).pop("heritage", None)


def test_a_tenth_domain_is_served_when_its_folder_is_there(folder: Path) -> None:
    found = services.load()

    assert len(found) == 10
    assert list(found)[-1] == "heritage"
    heritage = found["heritage"]
    shown = heritage.entitlements(holder(), Usage(), AT)
    assert {each.item for each in shown if each.available} == {"heritage.garden", "heritage.opera"}
    answer = heritage.redeem(RedemptionRequest("heritage.garden", holder(), AT, Assurance.DEVICE))
    assert isinstance(answer, Charge)
    assert (answer.units, answer.quota, answer.key.subject) == (1, 2, "S-holder")
    assert answer.record == {}


def test_only_the_domains_that_are_switched_on_are_served(folder: Path) -> None:
    assert list(services.load(["heritage", "housing"])) == ["housing", "heritage"]
    assert services.load([]) == {}
    with pytest.raises(Invalid, match="no benefit domain lottery"):
        services.load(["housing", "lottery"])


def test_a_bit_is_refused_when_another_domain_has_it(folder: Path) -> None:
    (folder / "catalogue.yaml").write_text(GOOD.replace("bit: 30", "bit: 2"), encoding="utf-8")

    with pytest.raises(CatalogueInvalid, match="never used twice"):
        services.load()
    assert services.load(["heritage"])
    outcome = CliRunner().invoke(command, ["check"], standalone_mode=False)
    assert outcome.return_value == 1
    assert "bit: 2 belongs to heritage" in outcome.output


def test_every_problem_is_listed_with_file_and_line_when_a_catalogue_is_wrong(folder: Path) -> None:
    (folder / "catalogue.yaml").write_text(GOOD.replace("unit: times", "unit: pieces"), encoding="utf-8")

    outcome = CliRunner().invoke(command, ["check"], standalone_mode=False)

    assert outcome.return_value == 1
    assert f"{folder}/catalogue.yaml:14: error: items.garden.unit" in outcome.output
    as_json = CliRunner().invoke(command, ["check", "--format", "json"], standalone_mode=False)
    assert '"line": 14' in as_json.output


def test_the_command_answers_when_all_is_well() -> None:
    outcome = CliRunner().invoke(command, ["check"], standalone_mode=False)

    assert outcome.return_value == 0
    assert len(outcome.output.splitlines()) == 9
    listed = CliRunner().invoke(command, ["list"], standalone_mode=False)
    assert "medical.annual_checkup" in listed.output
