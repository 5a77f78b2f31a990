"""what was done about the errors that a model showed"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('fixes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('model_id', sa.Integer(), nullable=False),
    sa.Column('finding', sa.String(length=100), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('action', sa.String(length=16), nullable=False),
    sa.Column('image_id', sa.Integer(), nullable=False),
    sa.Column('instance_id', sa.String(length=36), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_fixes_decided_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['image_id'], ['images.id'], name=op.f('fk_fixes_image_id_images'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['model_id'], ['models.id'], name=op.f('fk_fixes_model_id_models'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fixes')),
    sa.UniqueConstraint('model_id', 'finding', name=op.f('uq_fixes_model_id_finding'))
    )
    with op.batch_alter_table('fixes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_fixes_decided_by'), ['decided_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_fixes_image_id'), ['image_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('fixes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_fixes_image_id'))
        batch_op.drop_index(batch_op.f('ix_fixes_decided_by'))

    op.drop_table('fixes')
