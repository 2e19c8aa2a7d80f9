import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adcheck.report.markdown import markdown
from tests.entries import HOSTILE

OURS = {"blockquote", "br", "code", "em", "h5", "li", "ol", "p", "pre", "span", "strong", "ul"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb  \nc\n\nd", "<p>a\nb<br>c</p>\n<p>d</p>"),
        ("## Title ##\ntext", "<h5>Title</h5>\n<p>text</p>"),
        ("- a\n* b\n\n1. c", "<ul><li>a</li><li>b</li></ul>\n<ol><li>c</li></ol>"),
        ("> a\n> b", "<blockquote>a\nb</blockquote>"),
        ("**a** *b* a*b*c 2 * 3 * 4", "<p><strong>a</strong> <em>b</em> a*b*c 2 * 3 * 4</p>"),
        ("`a < b` `", "<p><code>a &lt; b</code> `</p>"),
        ("$a*b*c$ and $5", '<p><span class="maths">$a*b*c$</span> and $5</p>'),
        (r"\(x_1*y*z\)", r'<p><span class="maths">\(x_1*y*z\)</span></p>'),
        ("$$\nx\n$$\ny", "<pre>$$\nx\n$$</pre>\n<p>y</p>"),
        ("```python\n*x*\n```\ny", "<pre>*x*</pre>\n<p>y</p>"),
        ("~~~\nnever closed", "<pre>never closed</pre>"),
        ("|a|\n|-|", "<pre>|a|\n|-|</pre>"),
        ("[a](b) ![c](d) <i>e</i>", "<p>[a](b) ![c](d) &lt;i&gt;e&lt;/i&gt;</p>"),
        ("", ""),
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_what_is_laid_out(text: str, shown: str) -> None:
    assert markdown(text) == shown


@given(st.text(st.sampled_from("ab *_`$#>-|1.<&\"'\\()[]!\n\t\u202e\x1b~/=") | st.characters()))
def test_no_markup_but_ours(text: str) -> None:
    shown = markdown(text)
    tags = re.findall(r"<(/?)([^>]*)>", shown)
    assert {re.sub(r' class="maths"', "", tag) for _, tag in tags} <= OURS
    assert "&" not in re.sub(r"&(lt|gt|amp|#34|#39);", "", shown)
    assert all(character.isprintable() or character == "\n" for character in shown)
    open_: list[str] = []
    for closing, tag in tags:
        name = tag.split()[0]
        if closing:
            assert open_.pop() == name
        elif name != "br":
            open_.append(name)
    assert not open_


@pytest.mark.parametrize(
    "text",
    ["*", "`", "$", "**a", "$a", "\\(", "> ", "- ", "```\n", "$$\n", HOSTILE, "a  \n", "*a "],
)
def test_floods_are_cut_and_quick(text: str) -> None:
    start = time.process_time()
    shown = markdown(text * (2_000_000 // len(text)))
    assert time.process_time() - start < 5
    assert len(shown) < 4_000_000
    assert "…" in shown
