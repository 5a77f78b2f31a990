"""Formats of label files, a module each: `parse` reads one into app.labels.formats.parsed, `write` streams one out."""
