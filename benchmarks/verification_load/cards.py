"""Cards by the million, written by SQL: persons, phones, cards, device credentials, families, use.

Everything follows from a row's number, so that codes can be drawn here for any card without asking the database.
"""

from __future__ import annotations

import hashlib
import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from suchang.credentials.issue.signed_credentials import issue
from suchang.credentials.issue.signer import SoftwareSigner
from suchang.credentials.token.claims import VCTS, Claims, HolderKey, StatusRef, device_claims, new_nonce
from suchang.credentials.token.codec import Token, qr_text
from suchang.credentials.token.encoding import b64url_text
from suchang.credentials.token.holder_proof import prove
from suchang.domain.vocabulary import Assurance

STEP = 500_000
TIERS = "ABCDE"

_SUB = "translate(rtrim(encode(decode(md5('sub' || n), 'hex'), 'base64'), '='), '+/', '-_')"
_INDEX = "decode(md5('person' || n), 'hex')"
# The parts are constants of this file.
_TABLES = (
    ("person", "INSERT INTO person (id, identity_type, identity_cipher, identity_index, name, birth_date,"  # noqa: S608
     f" city, language, created_at) SELECT 'per_' || lpad(n::text, 26, '0'), 'resident_id', '\\x00', {_INDEX}, '张三',"
     " '1985-04-12', '320100', 'zh', now() FROM generate_series(%(first)s, %(last)s) n"),
    ("card", "INSERT INTO card (id, number, person_id, application_id, decision_id, tier, track, city, state, facts,"
     " valid_from, valid_until, issued_at, version) SELECT 'card_' || lpad(n::text, 26, '0'), 'N' || n, 'per_' ||"
     " lpad(n::text, 26, '0'), 'app_' || n, 'dec_' || n, substr('ABCDE', 1 + n %% 5, 1), 'high_level', '320100',"
     " 'active', '{}', current_date - 100, current_date + 1000, now() - interval '100 days', 1"
     " FROM generate_series(%(first)s, %(last)s) n"),
    ("device", "INSERT INTO device (id, person_id, name, jwk, thumbprint, created_at) SELECT 'dev_' ||"
     " lpad(n::text, 26, '0'), 'per_' || lpad(n::text, 26, '0'), '手机', '{}', md5('device' || n), now()"
     " FROM generate_series(%(first)s, %(last)s) n"),
    ("credential", "INSERT INTO credential (sub, card_id, device_id, assurance, kid, tier, domains, issued_at,"  # noqa: S608
     f" expires_at, status_list, status_index) SELECT {_SUB}, 'card_' || lpad(n::text, 26, '0'), 'dev_' ||"
     " lpad(n::text, 26, '0'), 'device', %(kid)s, substr('ABCDE', 1 + n %% 5, 1), 511, now(), now() + interval '90"
     " days', (n >> 20)::int, (n & 1048575)::int FROM generate_series(%(first)s, %(last)s) n"),
    ("dependant", "INSERT INTO dependant (id, principal_id, relation, identity_type, identity_cipher, identity_index,"
     " name, birth_date, evidence, confirmed_by, confirmed_at, created_at) SELECT 'dep_' || lpad(n::text, 26, '0'),"
     " 'per_' || lpad(n::text, 26, '0'), 'spouse', 'resident_id', '\\x00', decode(md5('spouse' || n), 'hex'), '李四',"
     " '1986-01-01', '{}', 'off_x', now(), now() FROM generate_series(%(first)s, %(last)s) n WHERE n %% 3 = 0"),
    ("entitlement_counter", "INSERT INTO entitlement_counter (subject, item, period_key, used, held) SELECT"
     " md5('person' || n), 'medical.annual_checkup', to_char(now(), 'YYYY'), 1, 0"
     " FROM generate_series(%(first)s, %(last)s) n WHERE n %% 2 = 0"),
)  # fmt: skip
"""Every third holder has a spouse on the card, every second has had this year's check-up."""


def fill(admin_url: str, kid: str, wanted: int, say: object) -> None:
    """Bring the number of cards up to ``wanted``, half a million at a time; what is there already stays."""
    with psycopg.connect(admin_url.replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute("SELECT count(*) FROM card").fetchone()
        have = row[0] if row else 0
        # Rows refer to applications and decisions that are not there: how cards come to be is no part of this.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET maintenance_work_mem = '512MB'")
        for first in range(have, wanted, STEP):
            numbers = {"first": first, "last": min(first + STEP, wanted) - 1, "kid": kid}
            with connection.transaction():
                for _, statement in _TABLES:
                    connection.execute(statement, numbers)
            say(f"  {numbers['last'] + 1:,} cards")  # type: ignore[operator]
        if have < wanted:
            connection.execute("VACUUM ANALYZE")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS bare_log (id text PRIMARY KEY, card_id text NOT NULL, nonce text NOT NULL,"
            " outcome text NOT NULL, created_at timestamptz NOT NULL)"
        )
        connection.execute("ALTER TABLE bare_log OWNER TO owner")
        connection.execute("GRANT SELECT, INSERT ON bare_log TO app")
        for day in range(2):
            connection.execute("SELECT ensure_verification_partition(current_date + %s)", [day])
        connection.execute("CHECKPOINT")


_ASKED = (
    ("credential", "assurance", "sub"),
    ("card", "tier", "id"),
    ("person", "name", "id"),
    ("dependant", "relation", "principal_id"),
    ("dependant", "relation", "identity_index"),
    ("entitlement_counter", "used", "subject"),
)
"""What a verification looks up: table, a column of its rows, and the key by which it finds them."""


def warm(admin_url: str) -> None:
    """Read the tables through their indexes into the database's own memory, where a day of service would have them."""
    with psycopg.connect(admin_url.replace("+psycopg", ""), autocommit=True) as connection:
        # A walk over a whole table would pass by that memory.
        for way in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            connection.execute(f"SET {way} = off")
        connection.execute("SET max_parallel_workers_per_gather = 0")
        for table, column, key in _ASKED:
            rows = f"SELECT {column} FROM {table} ORDER BY {key}"  # noqa: S608 - constants
            connection.execute(f"SELECT count({column}) FROM ({rows}) AS rows")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Holder:
    """A card of the sample: its number, its phone's key, and the credential that the issuer signed for it."""

    number: int
    phone: SoftwareSigner
    credential: Token


def sample(total: int, size: int, issuer: str, signer: SoftwareSigner) -> list[Holder]:
    """Sign credentials of cards drawn evenly from all, each with a phone of its own."""
    return [_holder(number, issuer, signer) for number in random.Random(7).sample(range(total), size)]


def _holder(number: int, issuer: str, signer: SoftwareSigner) -> Holder:
    phone = SoftwareSigner.generate()
    now = datetime.now(UTC)
    claims = Claims(
        iss=issuer,
        vct=VCTS[Assurance.DEVICE],
        iat=int(now.timestamp()),
        exp=int((now + timedelta(days=90)).timestamp()),
        sub=b64url_text(hashlib.md5(f"sub{number}".encode(), usedforsecurity=False).digest()),
        tier=TIERS[number % 5],
        name="张*",
        dom=511,
    )
    place = StatusRef(number & 1_048_575, f"{issuer}/status-lists/{number >> 20}")
    return Holder(number, phone, issue(device_claims(claims, HolderKey(phone.jwk["x"], phone.jwk["y"]), place), signer))


def codes(holders: list[Holder], count: int, moment: int) -> Iterator[tuple[Holder, Token, str]]:
    """Draw ``count`` codes that are good around a moment; each proof is made once, like a phone's."""
    for _ in range(count):
        holder = secrets.choice(holders)
        nonce = new_nonce()
        yield holder, prove(holder.credential, holder.phone, moment, nonce=nonce), nonce


def body_for_us(token: Token) -> str:
    """Write the body that a partner sends."""
    return '{"presentation": "' + qr_text(token) + '", "purpose": "medical"}'


def body_for_the_bare(holder: Holder, token: Token, nonce: str) -> str:
    """Write the same signatures as the bare peer takes them, unpacked."""
    proof = token.proof
    shown = b"" if proof is None else proof.compact
    x, y = holder.phone.jwk["x"], holder.phone.jwk["y"]
    return (
        f'{{"credential": "{token.credential.compact.decode()}", "proof": "{shown.decode()}",'
        f' "holder": "{coordinates(x, y)}", "nonce": "{nonce}", "card": "card_{holder.number:026d}"}}'
    )


def coordinates(x: str, y: str) -> str:
    """Join two base64url coordinates into one text of 64 bytes."""
    return b64url_text(HolderKey(x, y).coordinates)
