"""Routes of messages, for holders and for offices."""

from __future__ import annotations

from typing import Any

from suchang.api.auth import collaborators
from suchang.api.blueprints import for_holders, for_officers
from suchang.api.notification import answers
from suchang.api.requests import holder, officer
from suchang.workflows.notification import notifications

holders = for_holders("notification", "notification_holders")
officers = for_officers("notification", "notification_officers")


@holders.get("/notifications")
@holders.response(200, answers.MessagesAnswer)
def list_own_notifications() -> dict[str, Any]:
    """List what you were told, newest first."""
    return {"items": notifications.mine(collaborators(), holder())}


@officers.get("/officer/notifications")
@officers.response(200, answers.MessagesAnswer)
def list_office_notifications() -> dict[str, Any]:
    """List what the offices that you hold were told, newest first."""
    return {"items": notifications.of_office(collaborators(), officer())}
