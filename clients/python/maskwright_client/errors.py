"""What can go wrong; each message is fit to be shown to a person."""


class MaskwrightError(Exception):
    """The server refused; `status` is HTTP's, and the message is the server's own, which says what to do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ServerUnreachable(MaskwrightError):
    """There was no answer; `status` is 0."""

    def __init__(self, message: str) -> None:
        super().__init__(0, message)


class TrainingFailed(Exception):
    """A training that was waited for ended without a usable model."""


class WaitedTooLong(Exception):
    """The training goes on, but the time to wait for it is over."""
