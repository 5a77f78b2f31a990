"""What app.inference refuses. These carry no HTTP status: the offline bundle ships this folder without the server."""


class InferenceError(Exception):
    """Parent of everything that app.inference raises for a caller's fault."""


class ImageRefused(InferenceError):
    """An image that is not taken; its text says why and what to do."""


class InvalidImage(ImageRefused):
    """The bytes are no image that is understood, or a damaged one."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ImageTooLarge(ImageRefused):
    """The image's header promises more pixels than the operator allows."""

    def __init__(self, width: int, height: int, max_pixels: int) -> None:
        super().__init__(
            f"the image has {width} x {height} = {width * height:,} pixels, more than the {max_pixels:,} allowed; "
            "scale it down, or raise MASKWRIGHT_MAX_IMAGE_PIXELS"
        )
        self.width = width
        self.height = height
        self.max_pixels = max_pixels


class InvalidModel(InferenceError):
    """A folder that is no exported model, or one of another format version."""


class PrecisionUnavailable(InferenceError):
    """The machine does not compute in the precision that was asked for."""


class DeviceUnavailable(InferenceError):
    """The GPU that was asked for cannot be used."""
