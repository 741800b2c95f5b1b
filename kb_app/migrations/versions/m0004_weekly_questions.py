"""What a phone has sent of the weekly questions is counted once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward; there is no way back but a backup."""
    op.create_table(
        "choice_keys",
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash"),
    )
