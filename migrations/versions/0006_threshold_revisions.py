"""who changed score thresholds"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('threshold_revisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('checkpoint_id', sa.Integer(), nullable=False),
    sa.Column('changed_by', sa.Integer(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('speed', sa.String(length=16), nullable=False),
    sa.Column('optimized_before', sa.Boolean(), nullable=False),
    sa.Column('optimized_after', sa.Boolean(), nullable=False),
    sa.Column('values_before', sa.JSON(), nullable=False),
    sa.Column('values_after', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['changed_by'], ['users.id'], name=op.f('fk_threshold_revisions_changed_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['checkpoint_id'], ['checkpoints.id'], name=op.f('fk_threshold_revisions_checkpoint_id_checkpoints'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_threshold_revisions'))
    )
    with op.batch_alter_table('threshold_revisions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_threshold_revisions_changed_by'), ['changed_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_threshold_revisions_checkpoint_id'), ['checkpoint_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('threshold_revisions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_threshold_revisions_checkpoint_id'))
        batch_op.drop_index(batch_op.f('ix_threshold_revisions_changed_by'))

    op.drop_table('threshold_revisions')
