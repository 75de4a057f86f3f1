"""What officers keep for their work: views of the queue that they saved, and phrases for reasons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PHRASES = (
    (
        "approve",
        "材料齐全，认定结果与证明一致，符合条件。",
        "The evidence is complete and agrees with the determination.",
    ),
    ("approve", "所在单位、社会保险和业绩均已核实。", "Employer, social insurance and achievements were checked."),
    ("reject", "所提交的业绩未达到所依据条款的要求。", "The achievements don't meet the clause named."),
    ("reject", "劳动合同或社会保险不在江苏，不符合基本条件。", "Neither contract nor social insurance is in Jiangsu."),
    (
        "supplement",
        "请一次性补齐以下材料，收到后继续审核。",
        "Please send all of the following; the review then goes on.",
    ),
    ("send_back", "证明材料与填报内容不一致，请重新核实。", "Evidence and statement differ; please check again."),
)
"""The first phrases of every installation, which name no rule and no person; supervisors add and retire."""


def upgrade() -> None:
    """Expand the schema."""
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filters", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_saved_view_officer_id_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("officer_id", "name", name=op.f("uq_saved_view_officer_id_name")),
    )
    phrase = op.create_table(
        "reason_phrase",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('approve', 'reject', 'supplement', 'send_back')", name=op.f("ck_reason_phrase_kind")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["officer.id"], name=op.f("fk_reason_phrase_created_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_phrase")),
    )
    for number, (kind, zh, en) in enumerate(PHRASES, start=1):
        op.execute(phrase.insert().values(id=f"phr_first_{number}", kind=kind, zh=zh, en=en, created_at=sa.func.now()))
