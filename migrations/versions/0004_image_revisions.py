"""history of images"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('image_revisions',
    sa.Column('image_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('came_from', sa.Integer(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('saved_on', sa.Date(), nullable=False),
    sa.Column('saved_by', sa.Integer(), nullable=True),
    sa.Column('cause', sa.String(length=16), nullable=False),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('deleted', sa.Integer(), nullable=False),
    sa.Column('way_back', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['image_id'], ['images.id'], name=op.f('fk_image_revisions_image_id_images'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['saved_by'], ['users.id'], name=op.f('fk_image_revisions_saved_by_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('image_id', 'revision', name=op.f('pk_image_revisions'))
    )
    with op.batch_alter_table('image_revisions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_image_revisions_saved_by'), ['saved_by'], unique=False)
        batch_op.create_index('ix_image_revisions_saved_on', ['saved_on', 'image_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('image_revisions', schema=None) as batch_op:
        batch_op.drop_index('ix_image_revisions_saved_on')
        batch_op.drop_index(batch_op.f('ix_image_revisions_saved_by'))

    op.drop_table('image_revisions')
