"""Every rule does what its block says, and leaves alone what its block says it leaves alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import re2

from dechaff import RULES, Document, Pipeline, Rule, RuleTableError, UnknownRuleError, clean, guards, rules, select
from dechaff.pages import paged
from dechaff.patterns import Patterns, _alternatives, _needed
from dechaff.repetition import survey
from dechaff.rules import STAGES
from dechaff_cli.formats import rules_page

_BLANK = {"BLK001", "BLK002", "BLK003"}
_NEED_BYTES = [rule for rule in RULES.values() if rule.stage == "decoding"]
_NEED_SITES = [RULES["REP001"]]
_NEXT_PAGE = "=====\n"
_IN_TEXT = [rule for rule in RULES.values() if rule not in _NEED_BYTES + _NEED_SITES]


def _found(text: str) -> set[str]:
    result = clean(text)
    return {edit.rule for layer in result.layers for edit in layer} | {edit.rule for edit in result.reports}


@pytest.mark.parametrize("rule", _IN_TEXT, ids=lambda rule: rule.code)
def test_examples_become_clean_by_their_own_rule_alone(rule: Rule) -> None:
    for example in rule.examples:
        assert clean(example.dirty).text == example.clean
        if rule.code != "ENC004":  # a lone surrogate cannot stand in a table; it has a test of its own
            assert _found(example.dirty) - (_BLANK - {rule.code}) == {rule.code}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_look_alikes_survive_all_rules(rule: Rule) -> None:
    for text in rule.keeps:
        assert clean(text).text == text


@pytest.mark.parametrize("rule", _IN_TEXT, ids=lambda rule: rule.code)
def test_clean_sides_of_examples_stay_as_they_are(rule: Rule) -> None:
    for example in rule.examples:
        assert clean(example.clean).text == example.clean


def _cleaned_as_pages(text: str) -> str:
    pages = [Document(str(i), "valley", page) for i, page in enumerate(text.split(_NEXT_PAGE))]
    return _NEXT_PAGE.join(result.text for result in Pipeline(frozenset(RULES), survey(paged(pages))).clean(pages))


def test_what_repeats_goes_from_the_pages_of_its_example_and_its_look_alikes_stay() -> None:
    (rule,) = _NEED_SITES
    for example in rule.examples:
        assert _cleaned_as_pages(example.dirty) == example.clean
        assert clean(example.dirty).text == example.dirty  # one page has nothing to share
    for text in rule.keeps:
        assert _cleaned_as_pages(text) == text


def test_names_and_stages_are_in_order() -> None:
    assert len({rule.name for rule in RULES.values()}) == len(RULES)
    assert [rule.stage for rule in RULES.values()] == sorted((rule.stage for rule in RULES.values()), key=STAGES.index)


def test_rules_page_is_fresh(accept: bool) -> None:
    path = Path(rules.__file__).parent.parent / "RULES.md"
    if accept:
        path.write_text(rules_page.markdown(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == rules_page.markdown(), "run pytest with --accept"


@pytest.mark.parametrize("guard", guards.load(), ids=lambda guard: guard.name)
def test_guards_know_their_lines(guard: guards.Guard) -> None:
    assert guard.examples
    assert guard.passes
    for line in guard.examples:
        assert guards.guard(line), line
    for line in guard.passes:
        assert not guards.guard(line), line


_BLOCK = """
[[rule]]
code = "CHR001"
name = "skip-link"
effect = "remove"
why = "It is no text."
source = "a page"
since = "0.1.0"
patterns = ["skip to content"]
examples = [{ dirty = "Skip to content\\n", clean = "" }]
keeps = ["We skip to content analysis.\\n"]
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("patterns =", "pattern =", r"rule CHR001: pattern: unknown key; did you mean 'patterns'\?"),
        ('code = "CHR001"', 'code = "chrome-1"', "code: must be three capital letters"),
        ('name = "skip-link"', 'name = "Skip Link"', "name: must be lower-case"),
        ('effect = "remove"', 'effect = "delete"', "effect: must be one of repair, remove, report"),
        ('source = "a page"', "", "source: is missing or empty"),
        ('keeps = ["We skip to content analysis.\\n"]', "keeps = []", "at least one look-alike"),
        ("[[rule]]", "[[rules]]", "unknown table 'rules'"),
        ("[[rule]]", "[[rule", "not valid TOML"),
        ('since = "0.1.0"', 'since = "0.1.0"\ncontext = "sometimes"', "context: must be one of"),
        ("clean =", "cleaned =", "examples: each has the keys"),
    ],
)
def test_a_wrong_table_says_where_it_is_wrong(old: str, new: str, message: str) -> None:
    assert rules.parse(_BLOCK, "chrome", "chrome.toml")[0].code == "CHR001"
    with pytest.raises(RuleTableError, match=message) as caught:
        rules.parse(_BLOCK.replace(old, new), "chrome", "chrome.toml")
    assert str(caught.value).startswith("chrome.toml")


@pytest.mark.parametrize(
    ("patterns", "message"),
    [
        (["skip", "go (to"], r"^CHR001: pattern 'go \(to': missing \): go \(to$"),
        (["a|b)c|(d"], r"unexpected \)"),
        (["skip(?= to)"], "invalid perl operator"),
        ([rf"(?:(?:\p{{L}}{{10}}){{10}}){{10}}{i}" for i in range(12)], "together take more than 48 MB"),
    ],
)
def test_a_wrong_pattern_says_what_is_wrong(patterns: list[str], message: str) -> None:
    with pytest.raises(RuleTableError, match=message):
        Patterns([(pattern, "CHR001") for pattern in patterns])


def test_no_pattern_takes_a_large_part_of_the_time_that_all_take_to_compile() -> None:
    sizes = {pattern: re2.compile(pattern).programsize for rule in RULES.values() for pattern in (*rule.patterns, *rule.unless)}
    assert [pattern for pattern, size in sizes.items() if size > 15_000] == []  # instructions: \p{L} takes 1,000 each time it is counted


# What sites say of themselves and authors hardly ever do; listed for authors of rules in CONTRIBUTING.md, too.
_SITE_WORDS = (
    *(
        "web site",
        "website",
        "site",
        "web page",
        "page",
        "portal",
        "platform",
        "cookie",
        "browser",
        "browsing",
        "inbox",
        "subscri",
        "newsletter",
    ),
    *("mailing list", "account", "log in", "login", "logged in", "sign in", "sign up", "password", "script", "firefox", "chrome"),
    *("internet explorer", "microsoft edge", "affiliate", "commission", "reprints", "privacy policy", "privacy statement", "terms of use"),
    *("terms of service", "copyright", "reserved", "licensors", "©", "icp", "备"),
)
_SITE_WORD = "|".join(word.replace("web ", "web ?[?]?") for word in _SITE_WORDS)
# A run of any characters, of all but some, or of words: whatever lets a pattern pass over part of a sentence.
_WILDCARD = re.compile(r"(?<!\\)(?:\.|\[\^[^\] ]+\]|\[(?=[^\]]* )[^\]]*\\(?:w|p\{L\})[^\]]*\])(?:[*+]|\{\d+,\})")
_LITERAL = re.compile(rf"(\\p\{{\w+\}}|\\.|\[\^?(?:\\.|[^\]\\])*\]|\{{\d+,?\d*\}}|\(\?:)|((?i:{_SITE_WORD}))|[^\W_]|[ ,:/’'\"-]")


def _needs_a_site_word(pattern: str) -> bool:
    """Return whether whatever an alternative matches holds a word of sites: other literals are left out of what it needs."""
    only_site_words = _LITERAL.sub(lambda piece: piece[0] if piece[1] or piece[2] else ".", pattern)
    needed = _needed(only_site_words)
    return bool(needed) and all(re.search(_SITE_WORD, literal, re.IGNORECASE) for literal in needed)


def _too_loose(rule: Rule) -> list[str]:
    return [
        alternative
        for pattern in rule.patterns
        for alternative in _alternatives(pattern)
        if len(_WILDCARD.findall(alternative)) > 1 and not _needs_a_site_word(alternative)
    ]


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.stage == "chrome"], ids=lambda rule: rule.code)
def test_two_wildcards_that_act_anywhere_need_a_word_of_sites(rule: Rule) -> None:
    assert rule.context != "anywhere" or _too_loose(rule) == [], 'use context = "company", or name a word that only sites use'


@pytest.mark.parametrize(
    ("pattern", "loose"),
    [
        (r"nothing in[^.!?]* is[^.!?]*advice[.!?]?", True),
        (r"(?:see|check)[^.!?]*(?:cookies?|privacy)[^.!?]*", True),
        (r"to (?:read|see) [\w ]+ pay[^.!?]*", True),
        (r"you (?:may|can) [^.!?]*(?:site)?[^.!?]*", True),
        (r"(?:see|check)[^.!?]*\bcookies?\b[^.!?]*", False),
        (r"this web ?site [^.!?]*updated[^.!?]*", False),
        (r"nothing in[^.!?]*", False),
        (r"a|nothing in \S+ and .{2}", False),
    ],
)
def test_what_counts_as_loose(pattern: str, loose: bool) -> None:
    block = _BLOCK.replace('["skip to content"]', f"['{pattern}']")
    assert bool(_too_loose(rules.parse(block, "chrome", "chrome.toml")[0])) is loose


def test_selection_takes_codes_prefixes_names_and_stages() -> None:
    assert select(["CHR001"]) == select(["skip-link"]) == {"CHR001"}
    assert select(["blank-lines"]) == select(["BLK"]) == select(["blk"])
    assert select([]) == set(RULES)
    assert select(["encoding", "BLK"], ["ENC002"]) == select(["encoding", "BLK"]) - {"ENC002"}
    with pytest.raises(UnknownRuleError, match="did you mean 'encoding'"):
        select(["encodign"])
    with pytest.raises(UnknownRuleError):
        select([""])


def test_an_ignored_rule_does_nothing() -> None:
    for rule in _IN_TEXT:
        others = frozenset(RULES) - {rule.code}
        for example in rule.examples:
            result = clean(example.dirty, others)
            assert all(edit.rule != rule.code for layer in result.layers for edit in layer)
