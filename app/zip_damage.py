"""What Python's zipfile raises on a damaged file: it names no set of its own."""

import zipfile
import zlib
from lzma import LZMAError

# OSError is what its bz2 says of damage, RuntimeError what it says of a file whose flags have become others.
ZIP_DAMAGE = (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, OSError, RuntimeError, ValueError)
