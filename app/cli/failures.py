"""One line for each failure that a person can do something about."""

from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from app.errors import AppError
from app.inference.errors import DeviceUnavailable
from app.settings import Settings


def in_words(error: Exception) -> str | None:
    """What went wrong and what to do; None for a fault of ours, whose traceback is needed."""
    match error:
        case AppError():
            return error.message
        case DeviceUnavailable():
            return str(error)
        case ValidationError(title=Settings.__name__):
            problems = [
                f"MASKWRIGHT_{str(part['loc'][0]).upper()}: {part['msg'].removeprefix('Value error, ')}"
                for part in error.errors()
            ]
            return "; ".join(problems)
        case OperationalError():
            reason = str(error.orig).strip().splitlines()[0]
            return f"the database cannot be used ({reason}): see MASKWRIGHT_DATABASE_URL, MASKWRIGHT_DATA_DIR"
        case _:
            return None
