"""Measurements beside rivals; `make bench` runs them all."""

import app  # noqa: F401  # first of all: it sets how numpy's threads behave, as in the server
