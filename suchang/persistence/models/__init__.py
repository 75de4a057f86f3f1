"""Models, one file a room. Importing this package fills ``Base.metadata``."""

from suchang.persistence.models.account import (
    AccountRecovery,
    Officer,
    OfficerInvitation,
    OfficerProposal,
    Passkey,
    SignInSession,
    TotpReset,
)
from suchang.persistence.models.application import Application, DeterminationRecord, Evidence, FactCheck
from suchang.persistence.models.audit import AuditCheckpoint, AuditEvent, AuditSeal, AuditUnsealed
from suchang.persistence.models.card import Card, Dependant
from suchang.persistence.models.casework import (
    CaseComment,
    ConflictOfInterest,
    Decision,
    Deputation,
    NoticeTier,
    Objection,
    ObjectionAnswer,
    PublicNotice,
    ReasonPhrase,
    Review,
    SavedView,
)
from suchang.persistence.models.credential import Credential, Device, SigningKey, StatusBlock, StatusEntry, StatusList
from suchang.persistence.models.help import ServicePoint
from suchang.persistence.models.notification import Notification
from suchang.persistence.models.partner import (
    DeskOperator,
    Partner,
    PartnerClient,
    PartnerRate,
    Site,
    UsedAssertion,
    WebhookDelivery,
    WebhookEndpoint,
)
from suchang.persistence.models.people import Employer, EmployerContact, EmploymentConfirmation, Person, PersonIdentity
from suchang.persistence.models.policy import PolicyDraft
from suchang.persistence.models.redemption import EntitlementCounter, ExclusiveChoice, Redemption, RedemptionConflict
from suchang.persistence.models.runtime import IdempotentAnswer, InstanceSetting, JobFailure
from suchang.persistence.models.verification import DeskChallenge, Verification

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
    "FactCheck",
    "IdempotentAnswer",
    "InstanceSetting",
    "JobFailure",
    "NoticeTier",
    "Notification",
    "Objection",
    "ObjectionAnswer",
    "Officer",
    "OfficerInvitation",
    "OfficerProposal",
    "Partner",
    "PartnerClient",
    "PartnerRate",
    "Passkey",
    "Person",
    "PersonIdentity",
    "PolicyDraft",
    "PublicNotice",
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
