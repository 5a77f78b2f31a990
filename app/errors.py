"""What can go wrong by a caller's doing. One handler in `app.http` turns each into `{"error": message}`."""


class AppError(Exception):
    """A caller's mistake or the state it met: the message says what, which, and what to do."""

    status_code = 500
    headers: dict[str, str] = {}

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadRequest(AppError):
    status_code = 400


class Unauthorized(AppError):
    status_code = 401


class Forbidden(AppError):
    status_code = 403


class NotFound(AppError):
    status_code = 404


class Conflict(AppError):
    status_code = 409


class PreconditionFailed(AppError):
    status_code = 412


class PayloadTooLarge(AppError):
    status_code = 413


class UnsupportedMediaType(AppError):
    status_code = 415


class Unprocessable(AppError):
    status_code = 422


class PreconditionRequired(AppError):
    status_code = 428


class TryLater(AppError):
    """Refused for now; `retry_after_seconds` goes into the header `Retry-After`."""

    def __init__(self, message: str, *, retry_after_seconds: int = 1) -> None:
        super().__init__(message)
        self.headers = {"Retry-After": str(retry_after_seconds)}


class TooManyRequests(TryLater):
    status_code = 429


class ServiceUnavailable(TryLater):
    status_code = 503


class InsufficientStorage(AppError):
    """The disk or bucket is full: nothing of the request was kept."""

    status_code = 507
