"""Reads the values that hold no others: texts, numbers, lengths of time, dates, secrets."""

import math
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

from agent.config import durations, forms
from agent.config.forms import Unfit
from agent.config.hints import Hint, is_written, said, split
from agent.config.problems import Wrong, unknown
from agent.config.reading import Reading
from agent.config.section import Place, Ref, Revealed
from checks.core.facts import MAX_INTEGER
from checks.core.model import Severity
from checks.core.options import Bounds, Form
from checks.core.secret import Secret, SecretMissing, references


def leaf(value: object, hint: Hint, place: Place, reading: Reading) -> Any:
    """Return `value` as what `hint` says; raises `ValueError`, or `Wrong` for a word that is not declared."""
    bare, marks = split(hint)
    if is_written(bare):
        return bare.parse(_plain(value, reading))
    if bare is Secret:
        return _secret(value, marks, reading)
    if Form.BYTES in marks:
        return _bounded(forms.size(_plain(value, reading)), marks)
    if bare is timedelta or Form.SECONDS in marks:
        return _bounded(_length(value, bare, reading), marks)
    if bare in (bool, int, float):
        return _bounded(_number(value, bare), marks)
    if bare is date and type(value) is date:
        return value
    if bare is date or not isinstance(value, str):
        raise Unfit(f"must be {said(hint)}")
    return _text(reading.expand(value), bare, marks, place, reading)


def _text(text: str, bare: Hint, marks: tuple[Any, ...], place: Place, reading: Reading) -> Any:
    if bare is Severity:
        return forms.severity(text)
    if issubclass(bare, Enum):
        return forms.member(bare, text)
    if bare is ZoneInfo:
        return forms.zone(text)
    if bare is Path or Form.PATH in marks:
        if bare is str and not text:
            return text  # no file at all
        found = forms.path(text, reading.folder)
        return found if bare is Path else str(found)
    for mark in marks:
        if isinstance(mark, Form):
            text = forms.TEXTS[mark](text)
        elif isinstance(mark, Ref):
            _declared(text, mark, place, reading)
    return text


def _declared(word: str, ref: Ref, place: Place, reading: Reading) -> None:
    known = reading.known[ref.to]()
    if word not in known:
        raise Wrong(unknown(place, f"there is no {ref.noun} {word!r}", word, known))


def _plain(value: object, reading: Reading) -> object:
    return reading.expand(value) if isinstance(value, str) else value


def _secret(value: object, marks: tuple[Any, ...], reading: Reading) -> Secret:
    match value:
        case str():
            reading.refuse_odd_names(value)
            secret = Secret(text=_rooted(value, reading) if Form.PATH in marks else value)
        case {"file": str() as file, **others} if file and not others:
            secret = Secret(file=str(forms.path(reading.expand(file), reading.folder)))
        case _:
            raise Unfit(f"must be {said(Secret)}")
    if reading.secrets:
        try:
            revealed = secret.reveal(reading.environ)
        except SecretMissing as error:
            raise Unfit(str(error)) from None
        reading.hide(secret, revealed)
        for mark in marks:
            if isinstance(mark, Revealed):
                mark.check(revealed)
    return secret


def _rooted(text: str, reading: Reading) -> str:
    """A `file:` address made absolute, since paths start at the file that says them."""
    parts = urlsplit(text)
    if parts.scheme != "file" or references(text):
        return text
    return f"file://{quote(str(forms.path(unquote(parts.netloc + parts.path), reading.folder)))}"


def _length(value: object, bare: Hint, reading: Reading) -> float | timedelta:
    plain = _plain(value, reading)
    return durations.duration(plain) if bare is timedelta else durations.seconds(plain)


def _number(value: object, bare: Hint) -> Any:
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise Unfit("is larger than anything can count")
    number = float(value) if bare is float and type(value) is int else value
    if type(number) is not bare:
        raise Unfit(f"must be {said(bare)}")
    if isinstance(number, float) and not math.isfinite(number):
        raise Unfit(f"must be {said(bare)}, not {value}")
    return number


def _bounded(value: Any, marks: tuple[Any, ...]) -> Any:
    number = value.total_seconds() if isinstance(value, timedelta) else value
    unit = " s" if isinstance(value, timedelta) or Form.SECONDS in marks else ""
    for mark in marks:
        if not isinstance(mark, Bounds):
            continue
        if mark.least is not None and number < mark.least:
            raise Unfit(f"must be at least {_count(mark.least)}{unit}")
        if mark.most is not None and number > mark.most:
            raise Unfit(f"must be at most {_count(mark.most)}{unit}")
    return value


def _count(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)
