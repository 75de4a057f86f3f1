"""The console's navigation: pages in groups, each officer sees what their roles open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from suchang.domain.account.roles import Role
from suchang.web.languages import gettext
from suchang.workflows.account.recovery import ASKING, CONFIRMING
from suchang.workflows.casework.deputies import OFFICES
from suchang.workflows.policy.drafts import READERS

_HANDLING = frozenset({Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR, Role.AUDITOR})
_PARTNERS = frozenset({Role.PARTNER_ADMIN, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Page:
    """One page of the navigation."""

    path: str
    name: str
    is_here: bool


@dataclass(frozen=True)
class Group:
    """Pages that belong together; its name leads to the first of them."""

    name: str
    pages: tuple[Page, ...]

    @property
    def is_here(self) -> bool:
        """Tell whether the present page is one of these."""
        return any(page.is_here for page in self.pages)


@dataclass(frozen=True)
class Menu:
    """All groups that an officer sees, and the pages of the present one."""

    groups: tuple[Group, ...]

    @property
    def present(self) -> Group | None:
        """Return the group of the present page."""
        return next((group for group in self.groups if group.is_here), None)

    @property
    def name(self) -> str:
        """Name the present group."""
        return self.present.name if self.present else ""

    @property
    def pages(self) -> tuple[Page, ...]:
        """Return the pages of the present group."""
        return self.present.pages if self.present else ()


def _entries() -> list[tuple[str, list[tuple[str, str, Collection[Role]]]]]:
    """List the groups: their name, and path, name and roles of each page. A new page is one more line here."""
    return [
        (
            gettext("业务"),
            [
                ("/console", gettext("申请"), _HANDLING),
                ("/console/bulk", gettext("批量审批"), {Role.APPROVER}),
                ("/console/cards", gettext("卡片"), _HANDLING),
                ("/console/dependants", gettext("家属核对"), {Role.REVIEWER, Role.APPROVER}),
                ("/console/recovery", gettext("账号找回"), ASKING | CONFIRMING),
            ],
        ),
        (
            gettext("工作安排"),
            [
                ("/console/deputies", gettext("代理"), OFFICES),
                ("/console/phrases", gettext("常用理由"), OFFICES),
            ],
        ),
        (gettext("合作"), [("/console/partners", gettext("合作机构"), _PARTNERS)]),
        (gettext("政策"), [("/console/policy", gettext("政策试算"), READERS)]),
        (
            gettext("监督"),
            [
                ("/console/audit", gettext("审计"), {Role.AUDITOR}),
                ("/console/users", gettext("用户"), {Role.ADMINISTRATOR, Role.SUPERVISOR}),
                ("/console/keys", gettext("签名密钥"), {Role.KEY_CUSTODIAN}),
                ("/console/jobs", gettext("任务"), {Role.AUDITOR, Role.SUPERVISOR, Role.ADMINISTRATOR}),
            ],
        ),
    ]


def menu(roles: Collection[Role], path: str) -> Menu:
    """Return the navigation of an officer on a page."""
    mine, groups = set(roles), []
    for name, entries in _entries():
        pages = tuple(
            Page(place, said, _is_here(place, path)) for place, said, allowed in entries if mine.intersection(allowed)
        )
        if pages:
            groups.append(Group(name, pages))
    return Menu(tuple(groups))


def start_page(roles: Collection[Role]) -> str:
    """Return where an officer's work begins: the first page that their roles open, in the order of the menu."""
    mine = set(roles)
    return next((place for _, pages in _entries() for place, _, allowed in pages if mine & set(allowed)), "/console/me")


def _is_here(place: str, path: str) -> bool:
    if place == "/console":
        return path == place or path.startswith("/console/applications")
    return path == place or path.startswith(f"{place}/")
