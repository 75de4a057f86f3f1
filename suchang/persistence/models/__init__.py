"""Models, one file per aggregate. Importing this package fills ``Base.metadata``."""

from suchang.persistence.models.application import (
    Application,
    ConflictOfInterest,
    Decision,
    DeterminationRecord,
    Evidence,
    Review,
)
from suchang.persistence.models.card import Card, Credential, Device, SigningKey, StatusBlock, StatusEntry, StatusList
from suchang.persistence.models.casework import (
    CaseComment,
    EmployerContact,
    EmploymentConfirmation,
    Objection,
    ReasonPhrase,
    SavedView,
)
from suchang.persistence.models.chain import AuditCheckpoint, AuditSeal, AuditUnsealed
from suchang.persistence.models.ledger import (
    EntitlementCounter,
    ExclusiveChoice,
    Redemption,
    RedemptionConflict,
    Verification,
)
from suchang.persistence.models.notification import JobFailure, Notification
from suchang.persistence.models.officer import Deputation, Officer, SignInSession, TotpReset
from suchang.persistence.models.partner import (
    DeskChallenge,
    DeskOperator,
    Partner,
    PartnerClient,
    PartnerRate,
    Site,
    UsedAssertion,
)
from suchang.persistence.models.passkey import Passkey
from suchang.persistence.models.person import Dependant, Employer, Person, PersonIdentity
from suchang.persistence.models.policy import PolicyDraft
from suchang.persistence.models.record import AuditEvent, IdempotentAnswer, InstanceSetting
from suchang.persistence.models.recovery import AccountRecovery
from suchang.persistence.models.service_point import ServicePoint
from suchang.persistence.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = [
    "AccountRecovery",
    "Application",
    "AuditCheckpoint",
    "AuditEvent",
    "AuditSeal",
    "AuditUnsealed",
    "Card",
    "CaseComment",
    "ConflictOfInterest",
    "Credential",
    "Decision",
    "Dependant",
    "Deputation",
    "DeskChallenge",
    "DeskOperator",
    "DeterminationRecord",
    "Device",
    "Employer",
    "EmployerContact",
    "EmploymentConfirmation",
    "EntitlementCounter",
    "Evidence",
    "ExclusiveChoice",
    "IdempotentAnswer",
    "InstanceSetting",
    "JobFailure",
    "Notification",
    "Objection",
    "Officer",
    "Partner",
    "PartnerClient",
    "PartnerRate",
    "Passkey",
    "Person",
    "PersonIdentity",
    "PolicyDraft",
    "ReasonPhrase",
    "Redemption",
    "RedemptionConflict",
    "Review",
    "SavedView",
    "ServicePoint",
    "SignInSession",
    "SigningKey",
    "Site",
    "StatusBlock",
    "StatusEntry",
    "StatusList",
    "TotpReset",
    "UsedAssertion",
    "Verification",
    "WebhookDelivery",
    "WebhookEndpoint",
]
