"""draft labels asked for with a batch, and which rejection a draft belongs to"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0011'
branch_labels = None
depends_on = None


REJECTED_TOGETHER = sa.text('rejection_id IS NOT NULL')


def upgrade() -> None:
    op.create_table('batch_drafts',
    sa.Column('batch_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('min_score', sa.Double(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('is_made', sa.Boolean(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('drafts', sa.Integer(), nullable=False),
    sa.Column('images', sa.Integer(), nullable=False),
    sa.Column('replaced', sa.Integer(), nullable=False),
    sa.Column('skipped_labeled', sa.Integer(), nullable=False),
    sa.Column('skipped_rejected', sa.Integer(), nullable=False),
    sa.Column('labels_created', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['batches.id'], name=op.f('fk_batch_drafts_batch_id_batches'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('batch_id', name=op.f('pk_batch_drafts'))
    )
    with op.batch_alter_table('draft_instances', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rejection_id', sa.String(length=36), nullable=True))
        batch_op.create_index('ix_draft_instances_rejection_id', ['rejection_id'], sqlite_where=REJECTED_TOGETHER, postgresql_where=REJECTED_TOGETHER)


def downgrade() -> None:
    with op.batch_alter_table('draft_instances', schema=None) as batch_op:
        batch_op.drop_index('ix_draft_instances_rejection_id')
        batch_op.drop_column('rejection_id')

    op.drop_table('batch_drafts')
