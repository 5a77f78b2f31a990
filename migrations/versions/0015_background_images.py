"""which images a person marked as background"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


KEEP_IDS = {'sqlite_autoincrement': True}  # SQLite makes the table anew to drop a column, and forgets this


def upgrade() -> None:
    with op.batch_alter_table('images', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.add_column(sa.Column('is_background', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table('images', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.drop_column('is_background')
