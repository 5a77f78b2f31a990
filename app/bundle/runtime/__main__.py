"""`python -m app.bundle.runtime`, which run.sh starts: look through the bundle, then serve it or try it.

What serves is imported only after its files were compared with their hashes.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from app.bundle.runtime.manifest import BundleRefused, Manifest, check_files, read_manifest
from app.bundle.runtime.options import Options

FAILED = 1
BUNDLE_FOLDER = Path(__file__).resolve().parents[4]  # of <bundle>/server/app/bundle/runtime/__main__.py


def main() -> None:
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; gives the exit status: 0, 1 failed, 2 wrong use."""
    options = _parsed(arguments)
    try:
        manifest = read_manifest(options.folder)
        check_files(options.folder, manifest)
        if options.check:
            _say(f"{manifest.model_name}: all {len(manifest.files)} files are as they were made.")
            return 0
        return _start(options, manifest)
    except BundleRefused as refused:
        sys.stderr.write(f"run.sh: {refused}\n")
        return FAILED


def _start(options: Options, manifest: Manifest) -> int:
    try:
        module = import_module(f"app.bundle.runtime.{'selftest' if options.selftest else 'serving'}")
    except ModuleNotFoundError as error:
        raise BundleRefused(
            f"the package {error.name} is missing in {sys.prefix}: if that is the bundle's own .venv, delete it and "
            "start ./run.sh, which makes it anew; else install requirements.txt there"
        ) from error
    status: int = module.run(options, manifest)
    return status


def _parsed(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(
        prog="run.sh",
        description="Serve this model. Settings may also be environment variables; Readme.md says which.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--host",
        default=os.environ.get("MASKWRIGHT_HOST", "127.0.0.1"),
        help="address to listen at; 0.0.0.0 lets other machines and phones in (default: %(default)s)",
    )
    parser.add_argument(
        "--port", type=_port, default=os.environ.get("MASKWRIGHT_PORT", "8000"), help="(default: %(default)s)"
    )
    parser.add_argument(
        "--token",
        type=_token,
        default=os.environ.get("MASKWRIGHT_TOKEN"),
        help="what callers must send as X-Auth-token; without one, whoever reaches the address may ask",
    )
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--check", action="store_true", help="compare every file with its hash, and end")
    only.add_argument("--selftest", action="store_true", help="answer the kept images, compare, and end")
    given = parser.parse_args(arguments)
    return Options(BUNDLE_FOLDER, given.host, given.port, given.token, given.check, given.selftest)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1 to 65535")
    return int(text)


def _token(text: str) -> str:
    """Clients send other characters in a header each in its own way, or not at all."""
    if not text:
        raise argparse.ArgumentTypeError("the token is empty: give one, or leave --token and MASKWRIGHT_TOKEN out")
    if not text.isascii() or not text.isprintable() or text != text.strip():
        raise argparse.ArgumentTypeError("a token has ASCII letters, digits and signs, and no space at its ends")
    return text


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
