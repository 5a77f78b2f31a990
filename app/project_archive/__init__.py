"""Whole projects in one file, out of one server and into another: docs/decisions/0023-project-archive.md."""
