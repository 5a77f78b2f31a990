"""what each speed is worth, a model's own speed, and tokens' uses by day"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


KEEP_IDS = {'sqlite_autoincrement': True}  # SQLite makes the table anew to drop a column, and forgets this


def upgrade() -> None:
    op.create_table('speed_figures',
    sa.Column('checkpoint_id', sa.Integer(), nullable=False),
    sa.Column('speed', sa.String(length=16), nullable=False),
    sa.Column('mean_ap', sa.Double(), nullable=True),
    sa.Column('ap50', sa.Double(), nullable=True),
    sa.Column('latency_ms', sa.Double(), nullable=False),
    sa.Column('relative_latency', sa.Double(), nullable=False),
    sa.Column('device', sa.String(length=200), nullable=False),
    sa.Column('measured_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['checkpoint_id'], ['checkpoints.id'], name=op.f('fk_speed_figures_checkpoint_id_checkpoints'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('checkpoint_id', 'speed', name=op.f('pk_speed_figures'))
    )
    op.create_table('token_days',
    sa.Column('token_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('use_count', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['token_id'], ['api_tokens.id'], name=op.f('fk_token_days_token_id_api_tokens'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_id', 'day', name=op.f('pk_token_days'))
    )
    with op.batch_alter_table('models', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.add_column(sa.Column('default_speed', sa.String(length=16), nullable=False, server_default='slow'))


def downgrade() -> None:
    with op.batch_alter_table('models', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.drop_column('default_speed')

    op.drop_table('token_days')
    op.drop_table('speed_figures')
