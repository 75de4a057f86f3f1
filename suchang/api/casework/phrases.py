"""Routes of ready-made phrases."""

from __future__ import annotations

from typing import Any

from suchang.api.auth import collaborators
from suchang.api.blueprints import for_officers
from suchang.api.casework import answers, schemas
from suchang.api.requests import officer
from suchang.api.schemas import NothingBody
from suchang.workflows.casework import phrases

officers = for_officers("casework", "phrases_officers")


@officers.get("/phrases")
@officers.response(200, answers.PhrasesAnswer)
def list_phrases() -> dict[str, Any]:
    """List the ready-made phrases for reasons that you can use."""
    return {"items": phrases.usable(collaborators(), officer())}


@officers.post("/phrases")
@officers.arguments(schemas.PhraseBody)
@officers.response(201, answers.PhraseAnswer)
def add_phrase(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Add a phrase for your city, or for the province."""
    return phrases.add(collaborators(), officer(), **body), 201


@officers.post("/phrases/<phrase_id>/retirement")
@officers.arguments(NothingBody)
@officers.response(204)
def retire_phrase(body: dict[str, Any], phrase_id: str) -> None:  # noqa: ARG001 - an empty body
    """Take a phrase out of use."""
    phrases.retire(collaborators(), officer(), phrase_id)
