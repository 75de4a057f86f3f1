"""The portal: what the card is, whether one may have it, where and how."""

from suchang.web.portal import home
from suchang.web.portal.application import precheck
from suchang.web.portal.casework import notices
from suchang.web.portal.frame import blueprint
from suchang.web.portal.help import places
from suchang.web.portal.policy import policies

__all__ = ["blueprint", "home", "notices", "places", "policies", "precheck"]
