"""Turns the bytes of a page into text as browsers do; bytes that fit nothing become U+FFFD, never an error."""

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_IN_TYPE = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_IN_PAGE = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_LOOKED_AT = 1024  # bytes in which browsers look for a meta element (HTML, 13.2.3.2)
# What the names mean on the web (WHATWG Encoding): Latin-1 and ASCII are windows-1252.
_MEANT = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "utf8": "utf-8",
    "windows-874": "cp874", "tis-620": "cp874", "windows-31j": "cp932", "shift_jis": "cp932", "sjis": "cp932",
    "windows-949": "cp949", "euc-kr": "cp949", "gb2312": "gbk", "x-mac-cyrillic": "mac-cyrillic",
}  # fmt: skip
# Those that browsers know, by Python's names. Others of Python's are no encodings of pages: "idna" and "undefined"
# raise whatever the error handler, "punycode" takes time that grows with the square of the page.
_WEB = frozenset(
    {
        "utf-8", "utf-16", "utf-16-le", "utf-16-be", "big5", "big5hkscs", "cp866", "cp874", "cp932", "cp949", "cp1250",
        "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "euc_jp", "gb18030", "gbk",
        "iso2022_jp", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8",
        "iso8859-9", "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "koi8-r", "koi8-u",
        "mac-cyrillic", "mac-roman",
    }
)  # fmt: skip


def charset(body: bytes, content_type: str | None) -> str:
    """Return the name of the encoding that a browser would use."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return name
    declared = _IN_TYPE.search(content_type or "")
    named = declared[1] if declared else _in_page(body)
    return _known(named) or ("utf-8" if _is_utf_8(body) else "cp1252")


def text(body: bytes, content_type: str | None) -> str:
    """Return the page as text, without a byte order mark."""
    return body.decode(charset(body, content_type), "replace").removeprefix("\ufeff")


def _in_page(body: bytes) -> str:
    found = _IN_PAGE.search(body, 0, _LOOKED_AT)
    return found[1].decode("ascii") if found else ""


def _known(name: str) -> str:
    meant = _MEANT.get(name.lower(), name)
    try:
        found = codecs.lookup(meant).name
    except (LookupError, ValueError):
        return ""
    return found if found in _WEB else ""


def _is_utf_8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(body) - 3  # cut inside a character
    return True
