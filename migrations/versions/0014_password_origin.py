"""who chose each password"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


KEEP_IDS = {'sqlite_autoincrement': True}  # SQLite makes the table anew to drop a column, and forgets this


def upgrade() -> None:
    with op.batch_alter_table('users', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.add_column(sa.Column('password_origin', sa.String(length=16), nullable=False, server_default='own'))


def downgrade() -> None:
    with op.batch_alter_table('users', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.drop_column('password_origin')
