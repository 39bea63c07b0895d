"""The options every check has, and the words in which a check says how its own are to be read."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from checks.core.errors import VigieError
from checks.core.secret import Secret

USER_AGENT = "Mozilla/5.0 (compatible; Vigie/0.1; website monitoring)"


class Form(StrEnum):
    """How a plain type is written in the configuration, where the type alone does not say."""

    SECONDS = "seconds"  # "4s", "1m30s", or a bare number of seconds
    BYTES = "bytes"  # 5000000, "5MB" or "5MiB"
    PATH = "path"  # relative to the file that says it
    ADDRESS = "address"  # IPv4 or IPv6
    NETWORK = "network"  # CIDR range, or one address
    URL = "url"  # absolute, http or https
    ID = "id"  # letters, digits, dot, hyphen and underscore
    TEXTS = "texts"  # one text or a list of them; on the command line one text, as typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The least and the most a number may be, both allowed."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Marks a tuple of dataclasses written as a table of tables; the name of each fills the field `key`."""

    key: str = "name"


Seconds = Annotated[float, Form.SECONDS]
Bytes = Annotated[int, Form.BYTES]
FilePath = Annotated[str, Form.PATH]
Address = Annotated[str, Form.ADDRESS]
Network = Annotated[str, Form.NETWORK]
Url = Annotated[str, Form.URL]
Id = Annotated[str, Form.ID]
Texts = Annotated[tuple[str, ...], Form.TEXTS]


class BadOption(VigieError):
    """Raised by the `__post_init__` of an Options class for what types cannot say; `option` is the field to blame."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """Options of every check. Tables of the configuration become tuples of pairs, in the order written."""

    timeout: Annotated[Seconds, Bounds(least=0)] = 0.0  # for one attempt as a whole; 0: the check's own
    user_agent: str = USER_AGENT
    headers: tuple[tuple[str, Secret], ...] = ()
    ca_file: FilePath = ""  # PEM file of extra trust roots
    resolve: tuple[tuple[str, tuple[Address, ...]], ...] = ()  # host name → addresses, as curl's --resolve
    allow_private: bool | tuple[Network, ...] = False  # true, or CIDR ranges
