"""The words of the lifecycle: states, events, audiences, reasons of a card's end."""

from __future__ import annotations

from enum import StrEnum


class ApplicationState(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    AWAITING_EMPLOYER = "awaiting_employer"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    RECOMMENDED = "recommended"
    PUBLIC_NOTICE = "public_notice"
    OBJECTED = "objected"
    SECOND_DECISION = "second_decision"
    APPROVED = "approved"
    ISSUED = "issued"
    REJECTED = "rejected"
    APPEALED = "appealed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class ApplicationEvent(StrEnum):
    """What can happen to an application."""

    SUBMIT = "submit"
    CONFIRM_EMPLOYMENT = "confirm_employment"
    DECLINE_EMPLOYMENT = "decline_employment"
    CLAIM = "claim"
    RELEASE = "release"
    HAND_OVER = "hand_over"
    REQUEST_SUPPLEMENT = "request_supplement"
    SUPPLY = "supply"
    RECOMMEND = "recommend"
    SEND_BACK = "send_back"
    PUBLISH_NOTICE = "publish_notice"
    OBJECT = "object"
    DISMISS_OBJECTION = "dismiss_objection"
    UPHOLD_OBJECTION = "uphold_objection"
    APPROVE = "approve"
    REJECT = "reject"
    CONFIRM_DECISION = "confirm_decision"
    DECLINE_DECISION = "decline_decision"
    ISSUE = "issue"
    APPEAL = "appeal"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    PROPOSE_REOPEN = "propose_reopen"
    CONFIRM_REOPEN = "confirm_reopen"


class CardState(StrEnum):
    """Whether a card is good."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    REPLACED = "replaced"


class CardEvent(StrEnum):
    """What can happen to a card."""

    SUSPEND = "suspend"
    RESTORE = "restore"
    REVOKE = "revoke"
    EXPIRE = "expire"
    REPLACE = "replace"
    REISSUE = "reissue"
    REPORT_LOST = "report_lost"
    FILE_DEPARTURE = "file_departure"
    MOVE_EMPLOYER = "move_employer"
    END_AFTER_DEPARTURE = "end_after_departure"


class CardReason(StrEnum):
    """Why a card is suspended or has ended."""

    LOST = "lost"
    DAMAGED = "damaged"
    SUSPECTED_FRAUD = "suspected_fraud"
    UNDER_REVIEW = "under_review"
    DEPARTED = "departed"
    HOLDER_REQUEST = "holder_request"
    MISTAKE = "mistake"
    NO_LONGER_QUALIFIES = "no_longer_qualifies"
    FRAUD = "fraud"
    COMPROMISE = "compromise"
    DEATH = "death"
    RENEWED = "renewed"
    REPLACED = "replaced"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """The two ways in which a recommendation or a decision can go."""

    APPROVE = "approve"
    REJECT = "reject"


class Kind(StrEnum):
    """What an application is for."""

    FIRST = "first"
    RENEWAL = "renewal"


class Audience(StrEnum):
    """Who is told that something happened; the adapter for notifications finds their addresses and languages."""

    APPLICANT = "applicant"
    EMPLOYER = "employer"
    REVIEWERS = "reviewers"
    APPROVERS = "approvers"
    SUPERVISORS = "supervisors"
