"""Texts that have a form of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.config import forms
from checks.core.model import Severity


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("critical", Severity.CRITICAL),
        ("bloquante", Severity.CRITICAL),
        ("Majeure", Severity.MAJOR),
        ("mineur", Severity.MINOR),
        (" info ", Severity.INFO),
    ],
)
def test_a_severity_in_either_language(word: str, severity: Severity) -> None:
    assert forms.severity(word) is severity
    assert word.strip().lower() in forms.severity_words()


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        pytest.param(forms.address, "[2001:DB8::1]", "2001:db8::1", id="an-address-in-brackets"),
        pytest.param(forms.network, "192.0.2.7", "192.0.2.7/32", id="one-address-is-a-range"),
        pytest.param(forms.network, "fd00::/8", "fd00::/8", id="an-ipv6-range"),
        pytest.param(forms.url, "https://a.example", "https://a.example/", id="a-url-gets-its-path"),
        pytest.param(forms.url, "https://a.example?q=1", "https://a.example/?q=1", id="before-its-query"),
        pytest.param(forms.url, "http://[::1]:80/x", "http://[::1]:80/x", id="a-url-of-an-address"),
        pytest.param(forms.url, "https://user:p@a.example/", "https://user:p@a.example/", id="a-url-with-a-password"),
        pytest.param(forms.identifier, "a.b-c_9", "a.b-c_9", id="an-id"),
        pytest.param(forms.size, "5MB", 5_000_000, id="megabytes"),
        pytest.param(forms.size, "1.5 MiB", 1_572_864, id="mebibytes"),
        pytest.param(forms.size, "12", 12, id="a-number-as-text"),
        pytest.param(forms.size, 12, 12, id="bytes"),
    ],
)
def test_reads(read: Callable[[object], object], text: object, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize("value", [-1, 1.5, True, None, "x", "1 PB", "MB", ""])
def test_refuses_a_size(value: object) -> None:
    with pytest.raises(forms.Unfit, match="must be a size"):
        forms.size(value)


@pytest.mark.parametrize("text", ["Europe", "../../etc/passwd", "", "/etc/localtime", "Nowhere"])
def test_refuses_a_time_zone(text: str) -> None:
    with pytest.raises(forms.Unfit, match="is not a time zone"):
        forms.zone(text)


@pytest.mark.parametrize("text", ["", "a\0b"])
def test_refuses_a_path(text: str) -> None:
    with pytest.raises(forms.Unfit, match="must be a path"):
        forms.path(text, Path("/etc"))


def test_a_path_starts_at_its_folder_or_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    found = [forms.path(text, Path("/etc/vigie")) for text in ("var", "/srv/x", "~/y")]
    assert found == [Path("/etc/vigie/var"), Path("/srv/x"), Path("/home/me/y")]
