"""totals, folders, uploads, archived projects"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


KEEP_IDS = {'sqlite_autoincrement': True}  # SQLite makes the table anew to drop a column, and forgets this

# What is counted and split here is kept by the application from now on.
BACKFILL = (
    "UPDATE images SET folder = rtrim(rtrim(name, replace(name, '/', '')), '/')",
    """UPDATE label_classes SET
        image_count = (SELECT count(*) FROM image_class_counts c WHERE c.class_id = label_classes.id),
        instance_count = (SELECT coalesce(sum(c.instance_count), 0) FROM image_class_counts c
                          WHERE c.class_id = label_classes.id)""",
    """UPDATE projects SET
        image_count = (SELECT count(*) FROM images i WHERE i.project_id = projects.id),
        labeled_count = (SELECT count(*) FROM images i WHERE i.project_id = projects.id AND i.instance_count > 0),
        validation_count = (SELECT count(*) FROM images i WHERE i.project_id = projects.id AND i.in_validation)""",
)


def fold_names() -> None:
    images = sa.table('images', sa.column('id', sa.Integer), sa.column('name', sa.String), sa.column('name_folded', sa.Text))
    names = op.get_bind().execute(sa.select(images.c.id, images.c.name)).all()
    if names:
        op.get_bind().execute(
            images.update().where(images.c.id == sa.bindparam('of_id')).values(name_folded=sa.bindparam('folded')),
            [{'of_id': image_id, 'folded': name.casefold()} for image_id, name in names],
        )


def upgrade() -> None:
    op.create_table('uploads',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=500), nullable=False),
    sa.Column('upload_metadata', sa.Text(), nullable=False),
    sa.Column('byte_size', sa.BigInteger(), nullable=False),
    sa.Column('offset', sa.BigInteger(), nullable=False),
    sa.Column('pieces', sa.JSON(), nullable=False),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('report', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_uploads_project_id_projects'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_uploads_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_uploads'))
    )
    with op.batch_alter_table('uploads', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_uploads_changed_at'), ['changed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_uploads_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_uploads_user_id'), ['user_id'], unique=False)

    with op.batch_alter_table('images', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.add_column(sa.Column('folder', sa.String(length=500).with_variant(sa.String(length=500, collation='C'), 'postgresql'), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('name_folded', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False, server_default=''))
        batch_op.create_index('ix_images_project_id_name_folded', ['project_id', 'name_folded', 'id'], unique=False)
        batch_op.create_index('ix_images_project_id_created_at', ['project_id', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_images_project_id_folder', ['project_id', 'folder', 'id'], unique=False)
        batch_op.create_index('ix_images_project_id_uploaded_by', ['project_id', 'uploaded_by', 'id'], unique=False)

    with op.batch_alter_table('label_classes', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.add_column(sa.Column('image_count', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('instance_count', sa.Integer(), nullable=False, server_default='0'))

    with op.batch_alter_table('projects', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.add_column(sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('strip_location', sa.Boolean(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('image_count', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('labeled_count', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('validation_count', sa.Integer(), nullable=False, server_default='0'))

    if op.get_bind().dialect.name == 'postgresql':
        op.execute('ALTER TABLE images ALTER COLUMN name TYPE VARCHAR(500) COLLATE "C"')
    for statement in BACKFILL:
        op.execute(statement)
    fold_names()



def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('ALTER TABLE images ALTER COLUMN name TYPE VARCHAR(500) COLLATE "default"')
    with op.batch_alter_table('projects', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.drop_column('validation_count')
        batch_op.drop_column('labeled_count')
        batch_op.drop_column('image_count')
        batch_op.drop_column('strip_location')
        batch_op.drop_column('archived_at')

    with op.batch_alter_table('label_classes', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.drop_column('instance_count')
        batch_op.drop_column('image_count')

    with op.batch_alter_table('images', table_kwargs=KEEP_IDS) as batch_op:
        batch_op.drop_index('ix_images_project_id_uploaded_by')
        batch_op.drop_index('ix_images_project_id_folder')
        batch_op.drop_index('ix_images_project_id_created_at')
        batch_op.drop_index('ix_images_project_id_name_folded')
        batch_op.drop_column('name_folded')
        batch_op.drop_column('folder')

    with op.batch_alter_table('uploads', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_uploads_user_id'))
        batch_op.drop_index(batch_op.f('ix_uploads_project_id'))
        batch_op.drop_index(batch_op.f('ix_uploads_changed_at'))

    op.drop_table('uploads')
