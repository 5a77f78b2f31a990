"""first tables"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('users',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('password_hash', sa.String(length=255), nullable=False),
    sa.Column('is_admin', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email', name=op.f('uq_users_email')),
    sqlite_autoincrement=True
    )
    op.create_table('workers',
    sa.Column('id', sa.String(length=80), nullable=False),
    sa.Column('hostname', sa.String(length=100), nullable=False),
    sa.Column('device', sa.String(length=200), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('heartbeat_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workers'))
    )
    op.create_table('projects',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_projects_created_by_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_projects')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('projects') as batch_op:
        batch_op.create_index(batch_op.f('ix_projects_created_by'), ['created_by'], unique=False)

    op.create_table('sessions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_sessions_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sessions')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_sessions_secret_hash'))
    )
    with op.batch_alter_table('sessions') as batch_op:
        batch_op.create_index(batch_op.f('ix_sessions_user_id'), ['user_id'], unique=False)

    op.create_table('api_tokens',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('last_four', sa.String(length=4), nullable=False),
    sa.Column('scope', sa.String(length=16), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_api_tokens_project_id_projects'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_api_tokens_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_tokens')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_api_tokens_secret_hash'))
    )
    with op.batch_alter_table('api_tokens') as batch_op:
        batch_op.create_index(batch_op.f('ix_api_tokens_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_api_tokens_user_id'), ['user_id'], unique=False)

    op.create_table('images',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=500), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('byte_size', sa.Integer(), nullable=False),
    sa.Column('media_type', sa.String(length=50), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('storage_key', sa.String(length=200), nullable=False),
    sa.Column('thumbnail_key', sa.String(length=200), nullable=False),
    sa.Column('in_validation', sa.Boolean(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('instance_count', sa.Integer(), nullable=False),
    sa.Column('uploaded_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_images_project_id_projects'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['uploaded_by'], ['users.id'], name=op.f('fk_images_uploaded_by_users'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_images')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_images_project_id_name')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('images') as batch_op:
        batch_op.create_index(batch_op.f('ix_images_content_hash'), ['content_hash'], unique=False)
        batch_op.create_index('ix_images_project_id_changed_at', ['project_id', 'changed_at', 'id'], unique=False)
        batch_op.create_index('ix_images_project_id_id', ['project_id', 'id'], unique=False)
        batch_op.create_index('ix_images_project_id_in_validation', ['project_id', 'in_validation', 'id'], unique=False)
        batch_op.create_index('ix_images_project_id_instance_count', ['project_id', 'instance_count', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_images_uploaded_by'), ['uploaded_by'], unique=False)

    op.create_table('label_classes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('color', sa.String(length=7), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_label_classes_project_id_projects'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_label_classes')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_label_classes_project_id_name')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('label_classes') as batch_op:
        batch_op.create_index(batch_op.f('ix_label_classes_project_id'), ['project_id'], unique=False)

    op.create_table('memberships',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_memberships_project_id_projects'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_memberships_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('project_id', 'user_id', name=op.f('pk_memberships'))
    )
    with op.batch_alter_table('memberships') as batch_op:
        batch_op.create_index(batch_op.f('ix_memberships_user_id'), ['user_id'], unique=False)

    op.create_table('models',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('size', sa.String(length=16), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('config', sa.JSON(), nullable=False),
    sa.Column('class_names', sa.JSON(), nullable=False),
    sa.Column('snapshot_key', sa.String(length=200), nullable=False),
    sa.Column('training_image_count', sa.Integer(), nullable=False),
    sa.Column('validation_image_count', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('queue_position', sa.Integer(), nullable=False),
    sa.Column('rung_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('worker_id', sa.String(length=80), nullable=True),
    sa.Column('lease_expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deaths_since_checkpoint', sa.Integer(), nullable=False),
    sa.Column('stop_requested', sa.Boolean(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('progress', sa.Double(), nullable=False),
    sa.Column('elapsed_s', sa.Double(), nullable=False),
    sa.Column('eta_s', sa.Double(), nullable=True),
    sa.Column('initialised_from', sa.Text(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_models_created_by_users'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_models_project_id_projects'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['worker_id'], ['workers.id'], name=op.f('fk_models_worker_id_workers'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_models')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_models_project_id_name')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('models') as batch_op:
        batch_op.create_index(batch_op.f('ix_models_created_by'), ['created_by'], unique=False)
        batch_op.create_index('ix_models_status', ['status', 'queue_position'], unique=False)
        batch_op.create_index(batch_op.f('ix_models_worker_id'), ['worker_id'], unique=False)

    op.create_table('checkpoints',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('model_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('elapsed_s', sa.Double(), nullable=False),
    sa.Column('mean_ap', sa.Double(), nullable=True),
    sa.Column('ap50', sa.Double(), nullable=True),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state_key', sa.String(length=200), nullable=False),
    sa.Column('export_prefix', sa.String(length=200), nullable=True),
    sa.Column('export_difference', sa.Double(), nullable=True),
    sa.Column('thresholds_optimized', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['model_id'], ['models.id'], name=op.f('fk_checkpoints_model_id_models'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checkpoints')),
    sa.UniqueConstraint('model_id', 'kind', name=op.f('uq_checkpoints_model_id_kind'))
    )
    op.create_table('curve_points',
    sa.Column('model_id', sa.Integer(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('elapsed_s', sa.Double(), nullable=False),
    sa.Column('train_loss', sa.Double(), nullable=True),
    sa.Column('validation_loss', sa.Double(), nullable=True),
    sa.Column('validation_accuracy', sa.Double(), nullable=True),
    sa.Column('mean_ap', sa.Double(), nullable=True),
    sa.Column('ap50', sa.Double(), nullable=True),
    sa.Column('learning_rate', sa.Double(), nullable=False),
    sa.Column('is_best', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['model_id'], ['models.id'], name=op.f('fk_curve_points_model_id_models'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('model_id', 'step', name=op.f('pk_curve_points'))
    )
    op.create_table('image_class_counts',
    sa.Column('image_id', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('instance_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['label_classes.id'], name=op.f('fk_image_class_counts_class_id_label_classes'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['image_id'], ['images.id'], name=op.f('fk_image_class_counts_image_id_images'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('image_id', 'class_id', name=op.f('pk_image_class_counts'))
    )
    with op.batch_alter_table('image_class_counts') as batch_op:
        batch_op.create_index('ix_image_class_counts_class_id', ['class_id', 'image_id'], unique=False)

    op.create_table('instances',
    sa.Column('image_id', sa.Integer(), nullable=False),
    sa.Column('instance_id', sa.String(length=36), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('polygons', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('rle_counts', sa.Text(), nullable=True),
    sa.Column('crowd', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['label_classes.id'], name=op.f('fk_instances_class_id_label_classes'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['image_id'], ['images.id'], name=op.f('fk_instances_image_id_images'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('image_id', 'instance_id', name=op.f('pk_instances'))
    )
    with op.batch_alter_table('instances') as batch_op:
        batch_op.create_index(batch_op.f('ix_instances_class_id'), ['class_id'], unique=False)

    op.create_table('model_log_lines',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('model_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['model_id'], ['models.id'], name=op.f('fk_model_log_lines_model_id_models'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_model_log_lines'))
    )
    with op.batch_alter_table('model_log_lines') as batch_op:
        batch_op.create_index(batch_op.f('ix_model_log_lines_model_id'), ['model_id'], unique=False)

    op.create_table('prediction_sets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('checkpoint_id', sa.Integer(), nullable=False),
    sa.Column('split', sa.String(length=16), nullable=False),
    sa.Column('speed', sa.String(length=16), nullable=False),
    sa.Column('storage_key', sa.String(length=200), nullable=False),
    sa.Column('prediction_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['checkpoint_id'], ['checkpoints.id'], name=op.f('fk_prediction_sets_checkpoint_id_checkpoints'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prediction_sets')),
    sa.UniqueConstraint('checkpoint_id', 'split', 'speed', name=op.f('uq_prediction_sets_checkpoint_id_split_speed'))
    )
    op.create_table('thresholds',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('checkpoint_id', sa.Integer(), nullable=False),
    sa.Column('class_name', sa.String(length=100), nullable=False),
    sa.Column('speed', sa.String(length=16), nullable=True),
    sa.Column('score_threshold', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['checkpoint_id'], ['checkpoints.id'], name=op.f('fk_thresholds_checkpoint_id_checkpoints'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_thresholds')),
    sa.UniqueConstraint('checkpoint_id', 'class_name', 'speed', name=op.f('uq_thresholds_checkpoint_id_class_name_speed'))
    )


def downgrade() -> None:
    op.drop_table('thresholds')
    op.drop_table('prediction_sets')
    with op.batch_alter_table('model_log_lines') as batch_op:
        batch_op.drop_index(batch_op.f('ix_model_log_lines_model_id'))

    op.drop_table('model_log_lines')
    with op.batch_alter_table('instances') as batch_op:
        batch_op.drop_index(batch_op.f('ix_instances_class_id'))

    op.drop_table('instances')
    with op.batch_alter_table('image_class_counts') as batch_op:
        batch_op.drop_index('ix_image_class_counts_class_id')

    op.drop_table('image_class_counts')
    op.drop_table('curve_points')
    op.drop_table('checkpoints')
    with op.batch_alter_table('models') as batch_op:
        batch_op.drop_index(batch_op.f('ix_models_worker_id'))
        batch_op.drop_index('ix_models_status')
        batch_op.drop_index(batch_op.f('ix_models_created_by'))

    op.drop_table('models')
    with op.batch_alter_table('memberships') as batch_op:
        batch_op.drop_index(batch_op.f('ix_memberships_user_id'))

    op.drop_table('memberships')
    with op.batch_alter_table('label_classes') as batch_op:
        batch_op.drop_index(batch_op.f('ix_label_classes_project_id'))

    op.drop_table('label_classes')
    with op.batch_alter_table('images') as batch_op:
        batch_op.drop_index(batch_op.f('ix_images_uploaded_by'))
        batch_op.drop_index('ix_images_project_id_instance_count')
        batch_op.drop_index('ix_images_project_id_in_validation')
        batch_op.drop_index('ix_images_project_id_id')
        batch_op.drop_index('ix_images_project_id_changed_at')
        batch_op.drop_index(batch_op.f('ix_images_content_hash'))

    op.drop_table('images')
    with op.batch_alter_table('api_tokens') as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_tokens_user_id'))
        batch_op.drop_index(batch_op.f('ix_api_tokens_project_id'))

    op.drop_table('api_tokens')
    with op.batch_alter_table('sessions') as batch_op:
        batch_op.drop_index(batch_op.f('ix_sessions_user_id'))

    op.drop_table('sessions')
    with op.batch_alter_table('projects') as batch_op:
        batch_op.drop_index(batch_op.f('ix_projects_created_by'))

    op.drop_table('projects')
    op.drop_table('workers')
    op.drop_table('users')
