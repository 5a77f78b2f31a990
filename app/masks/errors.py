"""The one error of this package: app.masks knows nothing of HTTP, so its callers choose the status."""


class InvalidMask(ValueError):
    """Geometry that cannot be a mask; the message says what, which, and what to do."""
