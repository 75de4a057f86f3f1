"""What a story raises when it does not go on."""

from __future__ import annotations

from suchang.domain.errors import DomainError


class StoryBroken(DomainError):
    """A step of the story did not end as it must; the sentence names step and answer."""

    slug = "story_broken"
