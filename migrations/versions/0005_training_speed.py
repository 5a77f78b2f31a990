"""what workers are, how fast trainings were, the classes' part of the validation loss"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


KEEP_IDS = {'sqlite_autoincrement': True}  # SQLite makes the table anew to drop a column, and forgets this


def upgrade() -> None:
    with op.batch_alter_table('workers', schema=None) as batch_op:
        batch_op.add_column(sa.Column('memory_bytes', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('gpu_count', sa.Integer(), nullable=False, server_default='0'))

    with op.batch_alter_table('models', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.add_column(sa.Column('device', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('images_per_second', sa.Double(), nullable=True))

    with op.batch_alter_table('curve_points', schema=None) as batch_op:
        batch_op.add_column(sa.Column('validation_class_loss', sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('curve_points', schema=None) as batch_op:
        batch_op.drop_column('validation_class_loss')

    with op.batch_alter_table('models', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.drop_column('images_per_second')
        batch_op.drop_column('device')

    with op.batch_alter_table('workers', schema=None) as batch_op:
        batch_op.drop_column('gpu_count')
        batch_op.drop_column('memory_bytes')
