"""The one root of the errors Vigie raises on purpose; each prints one clear line."""

from typing import ClassVar


class VigieError(Exception):
    """An error whose text is meant for a person; `status` is the exit status of a command that ends by it."""

    status: ClassVar[int] = 1


class UsageError(VigieError):
    """The command or the configuration says something that cannot be."""

    status: ClassVar[int] = 3


class CannotLook(VigieError):
    """The check could not look: it says nothing about the site.

    `cause` is a short word of a closed set per check (`no_browser`, `resolver`, …); `detail` is a line for a person.
    """

    def __init__(self, cause: str, detail: str = "") -> None:
        super().__init__(detail or cause)
        self.cause = cause
        self.detail = detail
