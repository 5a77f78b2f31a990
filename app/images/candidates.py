"""Which of a request's files may be images: the files themselves, and those inside zips."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from app.form_files import ReceivedFile
from app.images.archives import UNPACKED_TO_UPLOAD_RATIO, Archive, ArchiveRefused, Entry, is_zip
from app.images.intake import Candidate, RefusedFile
from app.images.names import BadName, clean_name


def find_candidates(
    files: Sequence[ReceivedFile], archives: ExitStack, refused: list[RefusedFile], *, max_upload_bytes: int
) -> Iterator[Candidate]:
    """Every file by itself, and every file inside the zips, which stay open as long as `archives`."""
    for file in files:
        try:
            if not is_zip(file.path):
                yield Candidate(clean_name(file.name), partial(_itself, file.path))
                continue
            archive = Archive(
                file.path,
                max_entry_bytes=max_upload_bytes,
                max_total_bytes=UNPACKED_TO_UPLOAD_RATIO * max_upload_bytes,
            )
            archives.callback(archive.close)
        except (BadName, ArchiveRefused) as error:
            refused.append(RefusedFile(file.name, str(error)))
            continue
        for number, entry in enumerate(archive.entries):
            if entry.refusal is not None:
                refused.append(RefusedFile(entry.name, entry.refusal))
            else:
                yield Candidate(entry.name, _unpacker(archive, entry, file.path.with_suffix(f".{number}")))


def by_unique_name(candidates: Iterable[Candidate], refused: list[RefusedFile]) -> dict[str, Candidate]:
    """Candidates by name, in their order; of a name that comes twice the first stays."""
    by_name: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.name in by_name:
            refused.append(RefusedFile(candidate.name, "this name comes twice in the upload; rename one of the files"))
        else:
            by_name[candidate.name] = candidate
    return by_name


def _itself(path: Path) -> Path:
    return path


def _unpacker(archive: Archive, entry: Entry, target: Path) -> Callable[[], Path]:
    def unpack() -> Path:
        try:
            archive.unpack(entry, target)
        except ArchiveRefused:
            target.unlink(missing_ok=True)
            raise
        return target

    return unpack
