"""what each picture looks like"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


KEEP_IDS = {'sqlite_autoincrement': True}  # SQLite makes the table anew to drop a column, and forgets this
MISSING = sa.text('fingerprint IS NULL')


def upgrade() -> None:
    with op.batch_alter_table('images', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.add_column(sa.Column('fingerprint', sa.BigInteger(), nullable=True))
        batch_op.create_index('ix_images_without_fingerprint', ['id'], sqlite_where=MISSING, postgresql_where=MISSING)


def downgrade() -> None:
    with op.batch_alter_table('images', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.drop_index('ix_images_without_fingerprint')
        batch_op.drop_column('fingerprint')
