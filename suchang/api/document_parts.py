"""What the OpenAPI document says about several operations: tags, ways to sign in, problems, queries, files."""

from __future__ import annotations

from typing import Any, Final

SAFE_INTEGER: Final = 2**53 - 1
"""The greatest whole number that every JSON reader keeps (RFC 8259, section 6)."""

METHODS: Final = frozenset({"get", "put", "post", "delete", "patch"})

TAGS: Final[dict[str, str]] = {
    "application": "Pre-checks, applications and their evidence.",
    "casework": "Officers' work with cases: queue, review, decision, notices, deputies.",
    "card": "Cards and dependants: state, replacement, who looked.",
    "credential": "Phones, codes and printed cards; published keys and status lists.",
    "verification": "Partners verify a presentation.",
    "redemption": "Benefits, entitlements, the ledger and its settlement.",
    "partner": "Partners' onboarding, clients, tokens, rates and webhooks.",
    "people": "Identity of applicants, and employers' word on them.",
    "help": "Service points on the map.",
    "policy": "Drafts, simulation and activation of rule packs.",
    "reports": "Statistics, indicators and exports.",
    "account": "Sign-in, sessions, passkeys, second factors and recovery.",
    "notification": "Messages to holders and offices.",
    "audit": "The audit: search and export.",
    "runtime": "Health, metrics and the job queue.",
}

SCHEMES: Final[dict[str, Any]] = {
    "partnerToken": {"type": "http", "scheme": "bearer", "description": "An access token of `/oauth/token`."},
    "clientSecret": {"type": "http", "scheme": "basic", "description": "A client's identifier and secret."},
    "holderSession": {"type": "http", "scheme": "bearer", "description": "A token of `/api/v1/sign-in`."},
    "officerSession": {"type": "http", "scheme": "bearer", "description": "A token of `/api/v1/officer/sign-in`."},
    "deskSession": {"type": "http", "scheme": "bearer", "description": "A token of `/api/v1/desk/sign-in`."},
}

AUDIENCES: Final[dict[str, list[str]]] = {
    "anyone": [],
    "holder": ["holderSession"],
    "officer": ["officerSession"],
    "partner": ["partnerToken", "deskSession"],
}
"""The schemes by which an audience signs in."""

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457; for tokens with the fields of RFC 6749 section 5.2).",
    "required": ["status", "code"],
    "properties": {
        "type": {"type": "string", "description": "Always about:blank; the code tells problems apart."},
        "title": {"type": "string", "description": "What kind of refusal this is."},
        "status": {
            "type": "integer",
            "format": "int32",
            "minimum": 400,
            "maximum": 599,
            "description": "The HTTP status.",
        },
        "code": {"type": "string", "description": "A stable name of the refusal."},
        "detail": {"type": "string", "description": "One sentence for people."},
        "errors": {
            "type": "array",
            "description": "The fields that are wrong.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "error": {"type": "string", "description": "The code again, as RFC 6749 names it."},
        "error_description": {"type": "string", "description": "The sentence again, as RFC 6749 names it."},
        "reason": {"type": "string", "description": "Of a refused redemption: the finer reason."},
        "text": {"type": "object", "description": "Of a refused redemption: the sentence in zh and en."},
        "excluded_by": {"type": "string", "description": "Of a refused redemption: the item in the way."},
        "renews_at": {"type": "string", "format": "date-time", "description": "When the quota renews."},
    },
    "example": {
        "type": "about:blank",
        "title": "Not in this state",
        "status": 409,
        "code": "quota_exhausted",
        "detail": "The quota of this period is used up.",
    },
}

FORM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials"]},
        "scope": {"type": "string", "description": "Scopes, parted by spaces; all of the client's when absent."},
        "client_assertion_type": {
            "type": "string",
            "enum": ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
        },
        "client_assertion": {"type": "string", "description": "A JWT signed by the client's key (RFC 7523)."},
    },
    "example": {"grant_type": "client_credentials", "scope": "verify:medical redeem:medical"},
}

REASONS: Final = {
    "200": "Done; the answer tells what is so now.",
    "201": "Made.",
    "202": "Taken in; it will be done.",
    "204": "Done; there is nothing to tell.",
}

KEYED: Final = frozenset(
    {
        *("start_application", "add_evidence", "register_device", "verify"),
        *("redeem", "confirm_redemption", "release_redemption", "reverse_redemption"),
    }
)
"""Operations that take an Idempotency-Key."""

_CURSOR = {"cursor": "The `next` of the page before."}
_FORMAT = {"format": "The form of the answer: json (the usual one), csv or xlsx."}
_AUDIT = {
    "actor": "Who acted.",
    "subject": "On what.",
    "action": "What was done.",
    "since": "From this moment on.",
    "until": "Before this moment.",
}
QUERIES: Final[dict[str, dict[str, str]]] = {
    "list_applications": {
        "state": "Only cases in this state.",
        "q": "A part of a number or a name.",
        "mine": "`true`: only cases that you have claimed.",
        "city": "Only cases of this city, by its code.",
        "track": "Only cases of this track.",
        "kind": "Only cases of this kind.",
        "due": "Only cases whose limit has `passed` or is `soon`.",
    }
    | _CURSOR,
    "list_cards": {"q": "A part of a number or a name."},
    "list_redemptions": _CURSOR,
    "search_audit": _AUDIT | _CURSOR,
    "export_audit": _AUDIT | {"format": "csv (the usual one) or jsonl."},
    "evidence_file": {"reason": "Why you look; it is written into the audit."},
    "settlement_of_partner": _FORMAT,
    "own_settlement": _FORMAT,
    "search_service_points": {
        "city": "A city, by its code.",
        "domain": "A benefit domain that the point serves.",
        "kind": "The kind of point.",
        "near": "Longitude and latitude in degrees (WGS 84); the nearest come first.",
        "within_km": "Look no further than so many kilometres.",
    }
    | _CURSOR,
}
"""Query parameters by operation, each with its sentence."""

_SHEETS = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_PICTURES = ("application/pdf", "image/png", "image/jpeg")
FILES: Final[dict[str, tuple[str, ...]]] = {
    "card_pdf": ("application/pdf",),
    "card_png": ("image/png",),
    "dependant_card_pdf": ("application/pdf",),
    "dependant_card_png": ("image/png",),
    "evidence_file": _PICTURES,
    "own_evidence_file": _PICTURES,
    "export_audit": ("text/csv", "application/jsonl"),
    "settlement_of_partner": _SHEETS,
    "own_settlement": _SHEETS,
    "status_list": ("application/statuslist+jwt",),
    "metrics": ("text/plain",),
}
"""Operations that answer with a file, and its types."""

JSON_TYPES: Final = {"jwks": "application/jwk-set+json"}
"""Operations whose JSON has a media type of its own."""

UPLOADS: Final = {"attach_evidence_file": _PICTURES}
