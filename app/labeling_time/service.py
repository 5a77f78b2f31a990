"""Counting the time that people label, and reporting it."""

import csv
import io
from datetime import date

from sqlalchemy.orm import Session

from app.db.base import utc_now
from app.db.enums import Role
from app.downloads import file_name
from app.errors import Unprocessable
from app.labeling_time import repository
from app.labeling_time.schemas import DayOfWork, LabelingTimeReport
from app.projects.access import Access
from app.projects.repository import get_project

# Spreadsheets take a cell that begins so for a formula; people choose their names themselves.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def add_time(session: Session, access: Access, image_id: int, seconds: float) -> None:
    """Add to the caller's time on an image today."""
    repository.add_time(
        session,
        user_id=access.user_id,
        project_id=access.project_id,
        image_id=image_id,
        day=utc_now().date(),
        seconds=seconds,
    )


def report(session: Session, access: Access, *, first: date | None, last: date | None) -> LabelingTimeReport:
    """Time by person and day, both ends included: of everybody for Owners and Admins, else the caller's own.

    Raises:
        Unprocessable: The period ends before it begins.
    """
    if first is not None and last is not None and last < first:
        raise Unprocessable(f"from: {first} is after to: {last}; exchange them")
    sees_all = access.role in (Role.OWNER, Role.ADMIN)
    rows = repository.list_days(
        session, access.project_id, first=first, last=last, user_id=None if sees_all else access.user_id
    )
    items = [
        DayOfWork(user_id=user_id, name=name, email=email, day=day, seconds=round(seconds, 1), image_count=images)
        for user_id, name, email, day, seconds, images in rows
    ]
    return LabelingTimeReport(items=items, total_seconds=round(sum(item.seconds for item in items), 1))


def report_name(session: Session, access: Access) -> str:
    """What the report's file is called."""
    return file_name(get_project(session, access.project_id).name, "labeling-time", suffix=".csv")


def report_csv(found: LabelingTimeReport) -> str:
    """The report as a table that spreadsheets open."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["day", "name", "email", "seconds", "hours", "images"])
    for item in found.items:
        hours = round(item.seconds / 3600, 4)
        table.writerow([item.day, _plain(item.name), _plain(item.email), item.seconds, hours, item.image_count])
    return text.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
