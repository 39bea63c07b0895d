"""Ways to a root, and everything that is wrong on them."""

import datetime as dt

import pytest

from checks.parse.certificates.paths import MAX_PATHS, End, Flaw, Path, Trust, paths
from checks.parse.certificates.read import Certificate, read
from tests.lab.tls.authority import CLIENT, Issued, Wish, intermediate, issue, key, root

ROOT = root()
MIDDLE = intermediate(ROOT)
LEAF = issue(Wish(dns=["a.test"]), MIDDLE)
PUBLIC = Trust([read(ROOT.der)], generation="lab")


def certs(*issued: Issued) -> tuple[Certificate, ...]:
    return tuple(read(one.der) for one in issued)


def best(*issued: Issued, trust: Trust = PUBLIC, others: tuple[Issued, ...] = ()) -> Path:
    return paths(certs(*issued), trust, certs(*others))[0]


def flaws(path: Path) -> list[Flaw]:
    return [fault.flaw for fault in path.faults]


def test_a_sound_chain_leads_to_its_root() -> None:
    path = best(LEAF, MIDDLE)
    assert path.sound
    assert path.public
    assert path.certificates == certs(LEAF, MIDDLE, ROOT)
    assert path.used == certs(LEAF, MIDDLE)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param((LEAF, MIDDLE, ROOT), id="with-its-root"),
        pytest.param((LEAF, ROOT, MIDDLE), id="out-of-order"),
        pytest.param((LEAF, MIDDLE, MIDDLE), id="twice"),
        pytest.param((LEAF, intermediate(root("Other", 300), "Stranger", 301), MIDDLE), id="with-a-stranger"),
    ],
)
def test_the_order_and_what_else_is_sent_do_not_matter(sent: tuple[Issued, ...]) -> None:
    assert best(*sent).sound


def test_roots_of_a_file_are_believed_but_are_not_public() -> None:
    path = best(LEAF, MIDDLE, trust=Trust([], [read(ROOT.der)], "extra"))
    assert path.sound
    assert not path.public


def test_a_certificate_may_itself_be_what_is_trusted() -> None:
    alone = issue(Wish(dns=["a.test"], key=key(number=9)))
    assert best(alone, trust=Trust([], [read(alone.der)], "pinned")).sound


@pytest.mark.parametrize(
    ("sent", "end"),
    [
        pytest.param((issue(Wish(dns=["a.test"], key=key(number=10))),), End.SELF_SIGNED, id="self-signed"),
        pytest.param((LEAF,), End.UNKNOWN, id="its-issuer-is-not-sent"),
    ],
)
def test_where_a_way_ends_that_leads_to_no_root(sent: tuple[Issued, ...], end: End) -> None:
    assert best(*sent).end is end


def test_a_root_nobody_knows() -> None:
    other = root("Other", 300)
    assert best(issue(Wish(), other), other).end is End.SELF_SIGNED


def test_what_was_fetched_completes_a_chain() -> None:
    assert best(LEAF, others=(MIDDLE,)).sound


def test_an_impostor_of_the_same_name_is_told() -> None:
    impostor = intermediate(ROOT, number=201)
    path = best(LEAF, impostor)
    assert path.end is End.UNKNOWN
    assert flaws(path) == [Flaw.SIGNATURE]


def test_the_way_without_faults_is_preferred() -> None:
    """The same authority, once signed by a root nobody knows and once by ours."""
    old = root("Old", 302)
    crossed = intermediate(old)
    leads = paths(certs(LEAF, crossed, old, MIDDLE), PUBLIC)
    assert [path.end for path in leads] == [End.TRUSTED, End.SELF_SIGNED]


@pytest.mark.parametrize(
    ("above", "flaw"),
    [
        pytest.param(intermediate(ROOT, ca=False, path_length=None), Flaw.NOT_CA, id="an-issuer-that-is-no-authority"),
        pytest.param(intermediate(ROOT, ca=None, path_length=None), Flaw.NOT_CA, id="an-issuer-that-says-nothing"),
        pytest.param(intermediate(ROOT, usage="server"), Flaw.NO_CERT_SIGN, id="a-key-usage-without-signing"),
        pytest.param(intermediate(ROOT, purposes=[CLIENT]), Flaw.PURPOSE, id="an-authority-for-clients"),
        pytest.param(intermediate(ROOT, permitted=["b.test"]), Flaw.NAME_CONSTRAINT, id="a-name-out-of-bounds"),
        pytest.param(intermediate(ROOT, excluded=["a.test"]), Flaw.NAME_CONSTRAINT, id="a-name-excluded"),
        pytest.param(intermediate(ROOT, critical=True), Flaw.CRITICAL, id="a-critical-extension-nobody-knows"),
    ],
)
def test_what_an_authority_may_not(above: Issued, flaw: Flaw) -> None:
    assert flaws(best(issue(Wish(dns=["a.test"]), above), above)) == [flaw]


def test_an_authority_that_renews_itself_is_not_counted_nor_bound() -> None:
    """RFC 5280, 6.1.3 (b) and 6.1.4 (l): a self-issued intermediate adds no length and no names."""
    bound = intermediate(ROOT, permitted=["a.test"])
    renewed = intermediate(bound, number=205, dns=["b.test"])
    path = best(issue(Wish(dns=["a.test"]), renewed), renewed, bound)
    assert len(path.certificates) == 4
    assert path.sound


def test_an_authority_whose_extensions_cannot_be_read() -> None:
    """The basic constraints hold a text where they should hold a truth value."""
    der = MIDDLE.der.replace(bytes.fromhex("0408300601 01ff020100"), bytes.fromhex("0408300604 01ff020100"))
    assert der != MIDDLE.der
    above = read(der)
    assert above.malformed
    alone = paths((above,), Trust([], [above], "itself"))[0]
    assert Flaw.MALFORMED in flaws(alone)
    assert not alone.sound


def test_two_sets_of_roots_are_one_when_they_are_of_one_generation() -> None:
    chain = certs(LEAF, MIDDLE)
    assert paths(chain, Trust([read(ROOT.der)], generation="one")) is paths(chain, Trust([], generation="one"))
    assert paths(chain, Trust([], generation="two"))[0].end is End.UNKNOWN


def test_the_owners_of_the_roots() -> None:
    owned = root("Owned", 303, organization="Acme")
    assert Trust([read(owned.der)], [read(ROOT.der)], "owned").organizations() == {"Acme"}


def test_a_path_longer_than_allowed() -> None:
    upper = intermediate(ROOT, "Upper", 202, path_length=0)
    lower = intermediate(upper, "Lower", 203)
    path = best(issue(Wish(), lower), lower, upper)
    assert flaws(path) == [Flaw.PATH_LENGTH]
    assert path.faults[0].certificate.title == "Upper"


def test_all_faults_are_told_at_once() -> None:
    above = intermediate(ROOT, ca=False, path_length=None, usage="server", permitted=["b.test"])
    found = flaws(best(issue(Wish(dns=["a.test"]), above), above))
    assert found == [Flaw.NOT_CA, Flaw.NO_CERT_SIGN, Flaw.NAME_CONSTRAINT]


@pytest.mark.parametrize(
    ("names", "permitted", "excluded", "allowed"),
    [
        pytest.param(["www.a.test"], ["a.test"], [], True, id="a-name-below-a-permitted-one"),
        pytest.param(["*.a.test"], ["a.test"], [], True, id="a-wildcard-below-a-permitted-one"),
        pytest.param(["ba.test"], ["a.test"], [], False, id="a-name-that-only-ends-alike"),
        pytest.param(["*.a.test"], [], ["www.a.test"], False, id="a-wildcard-that-reaches-an-excluded-name"),
        pytest.param(["b.test"], [], ["a.test"], True, id="a-name-beside-an-excluded-one"),
    ],
)
def test_name_constraints(names: list[str], permitted: list[str], excluded: list[str], allowed: bool) -> None:
    above = intermediate(ROOT, permitted=permitted, excluded=excluded)
    assert best(issue(Wish(dns=names), above), above).sound is allowed


def test_a_chain_of_look_alikes_ends() -> None:
    """Forty authorities of one name and one key, each of which may have signed every other."""
    look_alikes = [intermediate(ROOT, "Twin", 204, left=dt.timedelta(days=n)) for n in range(1, 40)]
    twins = [
        issue(Wish(subject="Twin", ca=True, usage="ca", purposes=None, key=key(number=204)), one) for one in look_alikes
    ]
    leaf = issue(Wish(dns=["a.test"]), twins[0])
    assert 1 <= len(paths(certs(leaf, *twins, *look_alikes), Trust([], generation="none"))) <= MAX_PATHS
