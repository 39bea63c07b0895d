"""What is read of a page, and that reading ends whatever the page holds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.parse.html import MAX_CHARACTERS, MAX_HEADINGS, MAX_METAS, MAX_TAGS, TAIL, Document, count_words, read


@pytest.mark.parametrize(
    ("page", "text"),
    [
        pytest.param("<p>one</p><p>two</p>", "one two", id="blocks-part-words"),
        pytest.param("W<b>or</b>d<i>s</i>", "Words", id="inline-elements-do-not"),
        pytest.param("a<br>b<td>c", "a b c", id="void-and-unclosed-elements-part-words"),
        pytest.param("a\n\t  b&nbsp;c &amp; d", "a b c & d", id="white-space-collapses-and-entities-resolve"),
        pytest.param("a<script>var x = '<p>no</p>';</script>b", "a b", id="scripts-are-not-read"),
        pytest.param("a<SCRIPT>no</ScRiPt >b", "a b", id="whatever-the-case"),
        pytest.param("a<style>p { color: red }</style> b", "a b", id="styles-are-not-read"),
        pytest.param("a<!-- <p>no</p> -->b", "ab", id="comments-are-not-read"),
        pytest.param("a<!-- never closed <p>no</p>", "a", id="a-comment-that-never-closes-takes-the-rest"),
        pytest.param("a<script>never closed <p>no</p>", "a", id="so-does-a-script"),
        pytest.param('<p title="a > b">c</p>', "c", id="a-bracket-in-a-quoted-value-ends-nothing"),
        pytest.param("<p title='it\"s > x'>c</p>", "c", id="nor-one-between-other-quotes"),
        pytest.param('<p title="never closed>c</p>', "c", id="a-quote-that-never-closes-does-not-take-the-rest"),
        pytest.param("1 < 2 and <3", "1 < 2 and <3", id="a-bracket-without-a-name-is-text"),
        pytest.param("a<noscript>no</noscript><template>no</template>b", "a b", id="noscript-and-template-are-unseen"),
        pytest.param("<noscript><template>no</template>no</noscript>a", "a", id="what-is-unseen-nests"),
        pytest.param("a<pre>no</pre>b<code>no</code>", "a b", id="specimens-are-apart"),
        pytest.param("<blockquote><pre>no</pre>no</blockquote>yes", "yes", id="specimens-nest"),
        pytest.param("a</pre></code>b", "a b", id="an-end-tag-too-many-is-nothing"),
        pytest.param("<textarea><b>no</b></textarea>a", "a", id="a-field-s-content-is-a-specimen"),
        pytest.param("<title>no</title>a", "a", id="the-title-is-no-text"),
        pytest.param("<iframe>fallback</iframe>a", "a", id="a-frame-s-fallback-is-not-drawn"),
        pytest.param("<a", "", id="a-tag-that-never-ends"),
        pytest.param("", "", id="nothing"),
        pytest.param("\x00<p>\x00a", "\x00 \x00a", id="null-characters"),
    ],
)
def test_text(page: str, text: str) -> None:
    assert read(page).text == text


@pytest.mark.parametrize(
    ("page", "field", "value"),
    [
        pytest.param("<title> A &amp;\n B </title>", "title", "A & B", id="title-collapsed"),
        pytest.param("<title>a</title><title>b</title>", "title", "a", id="the-first-title"),
        pytest.param("<svg><title>drawing</title></svg><title>a</title>", "title", "", id="not-a-drawing-s-title"),
        pytest.param("<title>" + "x" * 9999, "title", "x" * 300, id="a-title-is-cut"),
        pytest.param('<html lang="fr-FR">', "lang", "fr-fr", id="language"),
        pytest.param("<html LANG=en>", "lang", "en", id="language-unquoted"),
        pytest.param("<h1>a <b>b</b></h1><h2>c</h2><h3>d</h3>", "headings", ("a b", "c"), id="headings"),
        pytest.param("<h1>a</h1>" * 20, "headings", ("a",) * MAX_HEADINGS, id="the-first-headings"),
        pytest.param("<h1>open", "headings", (), id="a-heading-that-never-closes"),
        pytest.param('<meta name="Generator" content="X 1">', "metas", (("generator", "X 1"),), id="meta"),
        pytest.param('<meta http-equiv=refresh content="0;u">', "metas", (("refresh", "0;u"),), id="meta-http-equiv"),
        pytest.param("<noscript>on</noscript>", "unseen", "on", id="unseen-text"),
        pytest.param("<pre>a\nb</pre>", "specimens", "a b", id="specimen-text"),
        pytest.param("<img><svg></svg><canvas></canvas>", "pictures", 3, id="pictures"),
        pytest.param('<body style="background: url(x.jpg)">', "pictures", 1, id="a-picture-behind-the-page"),
        pytest.param("<noscript><img></noscript>", "pictures", 0, id="a-picture-that-is-not-drawn"),
        pytest.param("<iframe></iframe><frame>", "frames", 2, id="frames"),
        pytest.param("<input><select></select>", "inputs", 2, id="inputs"),
        pytest.param("<a href=x>y</a><a>z</a>", "links", 2, id="links"),
        pytest.param("<script src=x></script><script>y</script>", "scripts", 2, id="scripts"),
        pytest.param("<p>a", "closed", False, id="a-page-that-does-not-say-where-it-ends"),
        pytest.param("<p>a</body>", "closed", True, id="a-page-that-does"),
        pytest.param("a b c<pre>d</pre>", "words", 4, id="words-specimens-counted"),
        pytest.param("私たちは家具を作り続けています", "words", 8, id="words-of-a-script-without-spaces"),
    ],
)
def test_fields(page: str, field: str, value: object) -> None:
    assert getattr(read(page), field) == value


def test_meta_is_found_by_name() -> None:
    document = read('<meta property="og:title" content="A"><meta name="robots" content="noindex">')
    assert (document.meta("og:title"), document.meta("robots"), document.meta("none")) == ("A", "noindex", "")


def test_a_long_page_is_read_at_both_ends_and_says_so() -> None:
    page = "<p>first</p>" + "<p>middle</p>" * 40_000 + "<p>last</p></body>"
    document = read(page)
    assert document.text.startswith("first middle")
    assert document.text.endswith("middle last") or document.text.startswith("first")
    assert not document.whole


def test_the_end_of_a_long_page_is_not_lost() -> None:
    document = read("<p>first</p>" + "x" * MAX_CHARACTERS * 2 + "<p>last</p>")
    assert (document.text[:5], document.text[-4:], document.whole) == ("first", "last", False)


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<a",
        "<a ",
        '<a "',
        '<a "x>',
        "<a '\">",
        '"x>',
        "<!--",
        "<script",
        "<script>",
        "<title>",
        "<h1>",
        "<h1></h1>",
        "<pre>",
        "</pre>",
        "<noscript>",
        "&amp;",
        "&",
        "&#",
        "<meta name=a content=b>",
        "<p x=y ",
        "</",
        "<a " + "''" * 32 + ">",
    ],
)
def test_a_page_made_of_one_piece_ends(piece: str) -> None:
    document = read(piece * (400_000 // len(piece)))
    assert not document.whole
    assert len(document.text) <= MAX_CHARACTERS + TAIL
    assert len(document.metas) <= MAX_METAS
    assert document.links <= MAX_TAGS


@settings(max_examples=300)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=20),
            st.sampled_from(
                ["<", ">", '"', "'", "</", "<!--", "-->", "<p>", "<pre>", "</pre>", "<script>", "</script>", "<title>"]
            ),
            st.sampled_from(
                ["<noscript>", "</noscript>", "<h1>", "</h1>", "<meta ", "<html lang=", "&", "&#x", ";", "<svg"]
            ),
        ),
        max_size=40,
    ).map("".join)
)
def test_any_text_is_read(page: str) -> None:
    document = read(page)
    assert isinstance(document, Document)
    assert document.whole
    assert document.words >= 0


def test_words_are_counted() -> None:
    assert [count_words(text) for text in ("", "a", "a b\nc", "日本語", "日本 language")] == [0, 1, 3, 2, 3]
