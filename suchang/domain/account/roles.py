"""Who takes part in the programme, and which of the 13 cities an officer may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A part that a person plays; a person may hold several, never both sides of one case."""

    PUBLIC = "public"
    APPLICANT = "applicant"
    HOLDER = "holder"
    EMPLOYER = "employer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    SUPERVISOR = "supervisor"
    POLICY_EDITOR = "policy_editor"
    POLICY_ACTIVATOR = "policy_activator"
    AUDITOR = "auditor"
    KEY_CUSTODIAN = "key_custodian"
    PARTNER_ADMIN = "partner_admin"
    DESK_OPERATOR = "desk_operator"
    SPECIALIST = "specialist"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


ROLE_NAMES: Final[dict[Role, tuple[str, str]]] = {
    Role.PUBLIC: ("公众", "anyone"),
    Role.APPLICANT: ("申请人", "applicant"),
    Role.HOLDER: ("持卡人", "holder"),
    Role.EMPLOYER: ("单位专员", "employer"),
    Role.REVIEWER: ("审核员", "reviewer"),
    Role.APPROVER: ("审批人", "approver"),
    Role.SUPERVISOR: ("主管", "supervisor"),
    Role.POLICY_EDITOR: ("政策编辑", "policy editor"),
    Role.POLICY_ACTIVATOR: ("政策发布人", "policy activator"),
    Role.AUDITOR: ("审计员", "auditor"),
    Role.KEY_CUSTODIAN: ("密钥保管人", "key custodian"),
    Role.PARTNER_ADMIN: ("合作机构管理员", "partner administrator"),
    Role.DESK_OPERATOR: ("窗口人员", "desk operator"),
    Role.SPECIALIST: ("人才政策专员", "policy specialist"),
    Role.ADMINISTRATOR: ("系统管理员", "administrator"),
    Role.SYSTEM: ("系统", "system"),
}
"""The names of the roles in Chinese and English."""

OFFICER_ROLES: Final = frozenset(
    {
        Role.REVIEWER,
        Role.APPROVER,
        Role.SUPERVISOR,
        Role.POLICY_EDITOR,
        Role.POLICY_ACTIVATOR,
        Role.AUDITOR,
        Role.KEY_CUSTODIAN,
        Role.PARTNER_ADMIN,
        Role.SPECIALIST,
        Role.ADMINISTRATOR,
    }
)
"""The roles that sign in with two factors and have a city scope."""

PROVINCE: Final = "320000"
"""Jiangsu in GB/T 2260; as a scope it covers every city."""

CITIES: Final[dict[str, tuple[str, str]]] = {
    "320100": ("南京市", "Nanjing"),
    "320200": ("无锡市", "Wuxi"),
    "320300": ("徐州市", "Xuzhou"),
    "320400": ("常州市", "Changzhou"),
    "320500": ("苏州市", "Suzhou"),
    "320600": ("南通市", "Nantong"),
    "320700": ("连云港市", "Lianyungang"),
    "320800": ("淮安市", "Huai'an"),
    "320900": ("盐城市", "Yancheng"),
    "321000": ("扬州市", "Yangzhou"),
    "321100": ("镇江市", "Zhenjiang"),
    "321200": ("泰州市", "Taizhou"),
    "321300": ("宿迁市", "Suqian"),
}
"""The 13 cities by their GB/T 2260 code."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The cities that an officer sees; the province's code stands for all of them, an empty scope for none."""

    areas: frozenset[str]

    @classmethod
    def of(cls, areas: Iterable[str]) -> Scope:
        """Build a scope; an area that is neither a city nor the province raises ``ValueError``."""
        chosen = frozenset(areas)
        unknown = chosen - CITIES.keys() - {PROVINCE}
        if unknown:
            raise ValueError(f"not a city of Jiangsu: {', '.join(sorted(unknown))}")
        return cls(chosen)

    @property
    def whole_province(self) -> bool:
        """Tell whether every city is covered."""
        return PROVINCE in self.areas

    def covers(self, city: str) -> bool:
        """Tell whether a case of this city may be seen; an unknown city only from the province."""
        return self.whole_province or city in self.areas

    def cities(self) -> frozenset[str]:
        """Return the codes for a query's ``IN`` list, the province's own code included where it is covered."""
        return frozenset(CITIES) | {PROVINCE} if self.whole_province else self.areas


EVERYWHERE: Final = Scope(frozenset({PROVINCE}))
"""The scope of the province."""
