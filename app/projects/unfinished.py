"""A project on its way in: files and rows take long, and either all of them come or none.

It has no member until the end, so that nobody sees half of it but an instance admin.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.db.engine import session_scope
from app.db.enums import Role
from app.db.models import Membership, Project
from app.db.totals import recount_project
from app.projects.schemas import ProjectSchema
from app.projects.service import describe_projects, project_prefix
from app.storage.blobs import BlobStore


@contextmanager
def unfinished_project(*, name: str, strip_location: bool, user_id: int, blobs: BlobStore) -> Iterator[int]:
    """Make a project to be filled inside the block; rows and files are removed when the block fails."""
    with session_scope() as session:
        project = Project(name=name, strip_location=strip_location, created_by=user_id)
        session.add(project)
        session.flush()
        project_id = project.id
    try:
        yield project_id
    except BaseException:
        with session_scope() as session:
            session.execute(delete(Project).where(Project.id == project_id))
        blobs.delete_prefix(project_prefix(project_id))
        raise


def finish_project(session: Session, project_id: int, *, user_id: int) -> ProjectSchema:
    """Count what has come, and give the project to its owner."""
    session.add(Membership(project_id=project_id, user_id=user_id, role=Role.OWNER))
    recount_project(session, project_id)
    session.expire_all()
    return describe_projects(session, [(session.get_one(Project, project_id), Role.OWNER)])[0]
