"""The printed card of the signed-in holder or of a dependant, as PDF to cut out or as PNG."""

from __future__ import annotations

from suchang.credentials.print.fonts import FontShelf
from suchang.credentials.print.printed_card import CardFace, card_pdf, card_png
from suchang.persistence.unit_of_work import unit_of_work
from suchang.resources import resource
from suchang.workflows.credential.credential_subjects import bearer_of
from suchang.workflows.credential.credentials import live_card, printed_code
from suchang.workflows.runtime.actors import HolderActor
from suchang.workflows.runtime.collaborators import Collaborators

TRACKS = {
    "high_level": ("江苏省高层次人才", "High-level talent of Jiangsu"),
    "high_skill": ("江苏省高技能人才", "High-skill talent of Jiangsu"),
}


def fonts(collaborators: Collaborators) -> FontShelf:
    """Return the shelf of fonts of this installation."""
    return FontShelf(resource("node_modules"), collaborators.settings.data_dir / "fonts")


def _face(collaborators: Collaborators, actor: HolderActor, dependant_id: str | None) -> CardFace:
    code = printed_code(collaborators, actor, dependant_id=dependant_id)
    with unit_of_work(collaborators.sessions) as session:
        card = live_card(session, actor.person_id)
        bearer = bearer_of(collaborators, session, card, dependant_id, collaborators.clock())
        return CardFace(
            number=card.number,
            name=bearer.name,
            relation=bearer.relation,
            tier=card.tier,
            kind=TRACKS.get(card.track, TRACKS["high_level"]),
            valid_until=card.valid_until,
            code=code["presentation"],
        )


def my_card_pdf(collaborators: Collaborators, actor: HolderActor, dependant_id: str | None = None) -> bytes:
    """Print the card, or a dependant's, on a sheet of A4."""
    return card_pdf(_face(collaborators, actor, dependant_id), fonts(collaborators), collaborators.clock())


def my_card_png(collaborators: Collaborators, actor: HolderActor, dependant_id: str | None = None) -> bytes:
    """Draw the card, or a dependant's, as a picture."""
    return card_png(_face(collaborators, actor, dependant_id), fonts(collaborators))
