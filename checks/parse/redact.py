"""Takes secrets out of evidence before it is kept: what authenticates somebody must not be found in a ticket."""

import re
from collections.abc import Iterable
from typing import Final

MASK: Final = "***"

_HEADERS: Final = frozenset(
    {
        "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "x-auth-token",
        "x-csrf-token", "x-xsrf-token", "x-amz-security-token", "x-goog-iam-authorization-token",
        "authentication-info", "x-vault-token", "x-access-token",
    }
)  # fmt: skip
_NAMED: Final = (  # names of what holds a secret
    r"(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|auth|session(?:id)?|sid|jwt|sig(?:nature)?|credential"
    r"|(?:private|access)[_-]?key|csrf[a-z_-]*|nonce|otp|code_verifier)"
)
_QUERY: Final = re.compile(rf"([?&;](?:[\w.-]*[_.-])?{_NAMED}=)[^&#\s\"'<>]*", re.IGNORECASE)
_USERINFO: Final = re.compile(r"(\b[a-z][a-z0-9+.-]{1,15}://)[^/\s@\"'<>]{1,256}@", re.IGNORECASE)
_HEADER_LINE: Final = re.compile(
    r"^([ \t]*)(" + "|".join(sorted(_HEADERS)) + r")([ \t]*:[ \t]*)[^\r\n]+", re.IGNORECASE | re.MULTILINE
)
_BEARER: Final = re.compile(r"\b(bearer|basic|digest)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_JWT: Final = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*")
_PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY-----"
    r".{0,20000}?(?:-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_JSON: Final = re.compile(
    rf"""(["'](?:[\w.-]{{0,40}}[_.-])?{_NAMED}["']\s*[:=]\s*["'])[^"'\r\n]{{1,4096}}""", re.IGNORECASE
)
_ASSIGNED: Final = re.compile(
    rf"(\b(?:[A-Z0-9]{{1,40}}_){{0,4}}{_NAMED}\b\s*=>?\s*)(?![\"'])[^\s&;,<>\"']{{4,512}}", re.IGNORECASE
)
_INPUT: Final = re.compile(r"<input\b[^>]{0,2000}>", re.IGNORECASE)
_VALUE: Final = re.compile(r"(\bvalue\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)
_GUARDED_INPUT: Final = re.compile(
    rf"type\s*=\s*[\"']?(?:password|hidden)|name\s*=\s*[\"']?[^\"'>]*{_NAMED}", re.IGNORECASE
)
_KEYS: Final = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|\bAIza[A-Za-z0-9_-]{30,}|\bwhsec_[A-Za-z0-9+/=]{10,}"
)


def url(text: str) -> str:
    """Return a URL without its user part and the values of parameters whose names say they are secret."""
    return _QUERY.sub(rf"\1{MASK}", _USERINFO.sub(rf"\1{MASK}@", text))


def header(name: str, value: str, own: Iterable[str] = ()) -> str:
    """Return the value of a header field as it may be shown; names in `own` (lower case) are the operator's secrets."""
    return MASK if name.lower() in _HEADERS or name.lower() in own else text(value)


def text(content: str, secrets: Iterable[str] = ()) -> str:
    """Return a text without anything that looks like a secret, nor any of `secrets`."""
    for secret in sorted((one for one in secrets if len(one) > 3), key=len, reverse=True):
        content = content.replace(secret, MASK)
    content = _PRIVATE_KEY.sub(MASK, content)
    content = _HEADER_LINE.sub(rf"\1\2\3{MASK}", content)
    content = _USERINFO.sub(rf"\1{MASK}@", content)
    content = _QUERY.sub(rf"\1{MASK}", content)
    content = _BEARER.sub(rf"\1 {MASK}", content)
    content = _JSON.sub(rf"\1{MASK}", content)
    content = _ASSIGNED.sub(rf"\1{MASK}", content)
    content = _KEYS.sub(MASK, _JWT.sub(MASK, content))
    return _INPUT.sub(_input, content)


def _input(match: "re.Match[str]") -> str:
    element = match[0]
    return _VALUE.sub(rf'\1"{MASK}"', element) if _GUARDED_INPUT.search(element) else element


def redact(media: str, data: bytes) -> bytes:
    """Return a piece of evidence without secrets; what is not text (images, archives) is returned as it is."""
    if not _is_text(media):
        return data
    return text(data.decode("utf-8", "replace")).encode("utf-8", "replace")


def _is_text(media: str) -> bool:
    kind = media.partition(";")[0].strip().lower()
    return kind.startswith("text/") or kind.endswith(("json", "xml", "javascript", "x-www-form-urlencoded", "har"))
