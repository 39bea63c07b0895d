"""The options every check has; a check's own Options extend them."""

from dataclasses import dataclass

from checks.core.secret import Secret

USER_AGENT = "Mozilla/5.0 (compatible; Vigie/0.1; website monitoring)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """Options of every check. Tables of the configuration become tuples of pairs, in the order written."""

    timeout: float = 0.0  # seconds for one attempt as a whole; 0: the check's own
    user_agent: str = USER_AGENT
    headers: tuple[tuple[str, Secret], ...] = ()
    ca_file: str = ""  # PEM file of extra trust roots
    resolve: tuple[tuple[str, tuple[str, ...]], ...] = ()  # host name → addresses, as curl's --resolve
    allow_private: bool | tuple[str, ...] = False  # true, or CIDR ranges
