"""predictions on many images, and draft labels"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


KEEP_IDS = {'sqlite_autoincrement': True}  # SQLite makes the table anew to drop a column, and forgets this
WITH_DRAFTS = sa.text('draft_count > 0')


def upgrade() -> None:
    op.create_table('batches',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('model_id', sa.Integer(), nullable=True),
    sa.Column('model_name', sa.String(length=100), nullable=False),
    sa.Column('checkpoint', sa.String(length=16), nullable=False),
    sa.Column('speed', sa.String(length=16), nullable=False),
    sa.Column('export_prefix', sa.String(length=200), nullable=False),
    sa.Column('thresholds', sa.JSON(), nullable=False),
    sa.Column('of_project', sa.Boolean(), nullable=False),
    sa.Column('storage_prefix', sa.String(length=200), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('worker_id', sa.String(length=80), nullable=True),
    sa.Column('lease_expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deaths', sa.Integer(), nullable=False),
    sa.Column('image_count', sa.Integer(), nullable=False),
    sa.Column('done_count', sa.Integer(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_batches_created_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['model_id'], ['models.id'], name=op.f('fk_batches_model_id_models'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_batches_project_id_projects'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batches')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('batches', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_batches_created_by'), ['created_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_batches_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_batches_model_id'), ['model_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_batches_project_id'), ['project_id'], unique=False)
        batch_op.create_index('ix_batches_status', ['status', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_batches_worker_id'), ['worker_id'], unique=False)

    op.create_table('draft_instances',
    sa.Column('draft_id', sa.String(length=36), nullable=False),
    sa.Column('image_id', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('model_id', sa.Integer(), nullable=True),
    sa.Column('source', sa.String(length=120), nullable=False),
    sa.Column('score', sa.Double(), nullable=False),
    sa.Column('rle_counts', sa.Text(), nullable=False),
    sa.Column('is_rejected', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['label_classes.id'], name=op.f('fk_draft_instances_class_id_label_classes'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['image_id'], ['images.id'], name=op.f('fk_draft_instances_image_id_images'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['model_id'], ['models.id'], name=op.f('fk_draft_instances_model_id_models'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('draft_id', name=op.f('pk_draft_instances'))
    )
    with op.batch_alter_table('draft_instances', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_draft_instances_class_id'), ['class_id'], unique=False)
        batch_op.create_index('ix_draft_instances_image_id', ['image_id', 'is_rejected'], unique=False)
        batch_op.create_index(batch_op.f('ix_draft_instances_model_id'), ['model_id'], unique=False)

    op.create_table('batch_images',
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(length=500), nullable=False),
    sa.Column('image_id', sa.Integer(), nullable=True),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('media_type', sa.String(length=50), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('storage_key', sa.String(length=200), nullable=True),
    sa.Column('thumbnail_key', sa.String(length=200), nullable=True),
    sa.Column('is_done', sa.Boolean(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('prediction_count', sa.Integer(), nullable=True),
    sa.Column('predictions', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['batches.id'], name=op.f('fk_batch_images_batch_id_batches'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['image_id'], ['images.id'], name=op.f('fk_batch_images_image_id_images'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('batch_id', 'position', name=op.f('pk_batch_images'))
    )
    with op.batch_alter_table('batch_images', schema=None) as batch_op:
        batch_op.create_index('ix_batch_images_batch_id_is_done', ['batch_id', 'is_done', 'position'], unique=False)
        batch_op.create_index(batch_op.f('ix_batch_images_image_id'), ['image_id'], unique=False)

    with op.batch_alter_table('images', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.add_column(sa.Column('draft_count', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('draft_certainty', sa.Double(), nullable=False, server_default='1'))
        batch_op.create_index('ix_images_with_drafts', ['project_id', 'draft_certainty', 'id'], sqlite_where=WITH_DRAFTS, postgresql_where=WITH_DRAFTS)


def downgrade() -> None:
    with op.batch_alter_table('images', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.drop_index('ix_images_with_drafts')
        batch_op.drop_column('draft_certainty')
        batch_op.drop_column('draft_count')

    with op.batch_alter_table('batch_images', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_batch_images_image_id'))
        batch_op.drop_index('ix_batch_images_batch_id_is_done')

    op.drop_table('batch_images')
    with op.batch_alter_table('draft_instances', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_draft_instances_model_id'))
        batch_op.drop_index('ix_draft_instances_image_id')
        batch_op.drop_index(batch_op.f('ix_draft_instances_class_id'))

    op.drop_table('draft_instances')
    with op.batch_alter_table('batches', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_batches_worker_id'))
        batch_op.drop_index('ix_batches_status')
        batch_op.drop_index(batch_op.f('ix_batches_project_id'))
        batch_op.drop_index(batch_op.f('ix_batches_model_id'))
        batch_op.drop_index(batch_op.f('ix_batches_expires_at'))
        batch_op.drop_index(batch_op.f('ix_batches_created_by'))

    op.drop_table('batches')
