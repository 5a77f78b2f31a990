"""labeling time, people's preferences"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


KEEP_IDS = {'sqlite_autoincrement': True}  # SQLite makes the table anew to drop a column, and forgets this


def upgrade() -> None:
    op.create_table('labeling_time',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('image_id', sa.Integer(), nullable=True),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('seconds', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['image_id'], ['images.id'], name=op.f('fk_labeling_time_image_id_images'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_labeling_time_project_id_projects'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_labeling_time_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_labeling_time')),
    sa.UniqueConstraint('user_id', 'image_id', 'day', name=op.f('uq_labeling_time_user_id_image_id_day'))
    )
    with op.batch_alter_table('labeling_time', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_labeling_time_image_id'), ['image_id'], unique=False)
        batch_op.create_index('ix_labeling_time_project_id_day', ['project_id', 'day'], unique=False)

    with op.batch_alter_table('users', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.add_column(sa.Column('preferences', sa.JSON(), nullable=False, server_default='{}'))


def downgrade() -> None:
    with op.batch_alter_table('users', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.drop_column('preferences')

    with op.batch_alter_table('labeling_time', schema=None) as batch_op:
        batch_op.drop_index('ix_labeling_time_project_id_day')
        batch_op.drop_index(batch_op.f('ix_labeling_time_image_id'))

    op.drop_table('labeling_time')
