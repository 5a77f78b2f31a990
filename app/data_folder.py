"""The folder of `DATA_DIR`."""

from pathlib import Path

from app.errors import AppError


class DataFolderUnusable(AppError):
    """The folder is not there and cannot be made."""

    status_code = 503

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(
            f"the data folder {folder} cannot be made ({error.strerror}): choose another with MASKWRIGHT_DATA_DIR"
        )


def make_data_folder(folder: Path) -> None:
    """Make the folder where it is not there yet.

    Raises:
        DataFolderUnusable: Says why it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataFolderUnusable(folder, error) from error
