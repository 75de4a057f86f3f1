"""The job of a policy draft: check it, run its examples, determine everybody on record with both versions."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy.orm import undefer

from suchang.domain.errors import DomainError, Unavailable
from suchang.eligibility import Pack, load_pack
from suchang.eligibility.analysis import Finding, analyse
from suchang.eligibility.authoring.archive import unzip_pack
from suchang.eligibility.authoring.examples import read_examples, run_examples
from suchang.eligibility.authoring.pack_diff import compare_packs
from suchang.eligibility.simulation import Pair, Report, answer_rows, simulate, write_changes, write_sheet
from suchang.persistence.models import PolicyDraft
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.policy.population import population, population_size
from suchang.workflows.runtime.collaborators import Collaborators

CITY_FACT = "employer_city"
_KEPT = 3600


def run(collaborators: Collaborators, draft_id: str) -> None:
    """Check and simulate a draft, unless that was done."""
    with unit_of_work(collaborators.sessions) as session:
        draft = session.get_one(PolicyDraft, draft_id, options=[undefer(PolicyDraft.archive)])
        if draft.state in ("done", "failed"):
            return
        draft.state = "running"
        archive, on, city = draft.archive, draft.as_of, draft.city
    with tempfile.TemporaryDirectory() as place:
        try:
            pack = load_pack(unzip_pack(archive, Path(place, "draft")))
            _tell(collaborators, draft_id, "checking", 0, 1)
            checks = _checks(collaborators.engine.pack, pack, on)
            pair = Pair(collaborators.engine.pack, pack, on, CITY_FACT if CITY_FACT in pack.facts else None)
            report = _simulate(collaborators, draft_id, pair, city)
            _finish(collaborators, draft_id, "done", checks, _written(report), _listed(report, Path(place)))
        except DomainError as error:
            # The people on record and this draft do not fit together: that is an answer, and trying again is no help.
            _finish(collaborators, draft_id, "failed", None, {"problem": str(error)}, None)


def _finish(
    collaborators: Collaborators,
    draft_id: str,
    state: str,
    checks: dict[str, Any] | None,
    report: dict[str, Any],
    changes: bytes | None,
) -> None:
    with unit_of_work(collaborators.sessions) as session:
        draft = session.get_one(PolicyDraft, draft_id)
        draft.state, draft.checks, draft.report, draft.changes = state, checks, report, changes
        draft.finished_at = collaborators.clock()


@lru_cache(maxsize=1)
def _analyse_in_force(pack: Pack, on: date) -> tuple[Finding, ...]:
    """Analyse the pack in force once for all drafts that are asked about on one day; it takes seconds."""
    return analyse(pack, on)


def _checks(old: Pack, new: Pack, on: Any) -> dict[str, Any]:
    """Say what is strange about a pack, which of its examples fail, and what it changes."""
    outcomes = run_examples(new, read_examples(new))
    failed = [each for each in outcomes if each.differences]
    known = {(each.code, each.message) for each in _analyse_in_force(old, on)}
    findings = [each for each in analyse(new, on) if (each.code, each.message) not in known]
    return {
        "findings": [{"place": str(each.place), "code": each.code, "text": each.message} for each in findings],
        "cases": len(outcomes),
        "failed": [
            {"place": str(each.example.place), "text": each.example.sentence, "differences": list(each.differences)}
            for each in failed
        ],
        "changes": {
            lang: [
                {"what": each.what, "id": each.id, "change": each.change, "details": list(each.details)}
                for each in compare_packs(old, new, lang)
            ]
            for lang in ("zh", "en")
        },
    }


def _simulate(collaborators: Collaborators, draft_id: str, pair: Pair, city: str | None) -> Report:
    known = pair.old.facts.keys() | pair.new.facts.keys()
    people = population(collaborators.sessions, city_fact=pair.city_fact, city=city)
    rows = ((name, {key: value for key, value in facts.items() if key in known}) for name, facts in people)
    total, done = population_size(collaborators.sessions, city=city), Counter[str]()

    def heard(count: int) -> None:
        done["people"] += count
        _tell(collaborators, draft_id, "simulating", done["people"], total)

    _tell(collaborators, draft_id, "simulating", 0, total)
    return simulate(pair, answer_rows(pair, rows), progress=heard)


def _written(report: Report) -> dict[str, Any]:
    """Return the report as JSON, with the names of the rules and categories that it speaks of."""
    body, packs = report.to_json(), (report.pair.old, report.pair.new)
    rules = {each[key] for each in body["by_rule"] for key in ("rule_before", "rule_after")} - {None}
    named = {rule: pack.rules[rule][-1].name for pack in packs for rule in rules if rule in pack.rules}
    labels = {
        entry.code: entry.label
        for pack in packs
        if "categories" in pack.catalogues
        for entry in pack.catalogues["categories"].entries
    }
    wanted = {each["category"] for each in body["by_category"]}
    body["rules"] = {name: {"zh": label.zh, "en": label.en} for name, label in named.items()}
    body["categories"] = {code: {"zh": one.zh, "en": one.en} for code, one in labels.items() if code in wanted}
    body["tiers"] = list(dict.fromkeys([*report.pair.tiers(0), *report.pair.tiers(1)]))
    return body


def _listed(report: Report, folder: Path) -> bytes | None:
    """Return the list of those who change as Parquet, people by number; None when nobody does."""
    if not report.changed:
        return None
    report.changed_people.ids = [str(number + 1) for number in range(len(report.changed_people.ids))]
    path = folder / "changes.parquet"
    write_changes(path, report)
    return path.read_bytes()


def list_as(content: bytes, form: str) -> bytes:
    """Return a kept list in the form that was asked for."""
    if form == "parquet":
        return content
    with tempfile.TemporaryDirectory() as place, duckdb.connect() as connection:
        source, sheet = Path(place, "changes.parquet"), Path(place, "changes.xlsx")
        source.write_bytes(content)
        write_sheet(sheet, connection.execute("SELECT * FROM read_parquet(?)", [str(source)]).fetchall())
        return sheet.read_bytes()


def _tell(collaborators: Collaborators, draft_id: str, step: str, done: int, total: int) -> None:
    """Say how far the work is; that may be lost."""
    with suppress(Unavailable):
        collaborators.redis.put(f"policy:{draft_id}", f"{step} {done} {total}", _KEPT)


def progress_of(collaborators: Collaborators, draft_id: str) -> dict[str, Any] | None:
    """Return the step and the people done so far, None when that is not known."""
    with suppress(Unavailable):
        if said := collaborators.redis.get(f"policy:{draft_id}"):
            step, done, total = said.split()
            return {"step": step, "done": int(done), "total": int(total)}
    return None
