"""`dechaff learn`."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dechaff_cli import calls, options, work
from dechaff_cli.exits import exit_codes, fail
from dechaff_cli.words import several

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dechaff.profile import Change
    from dechaff_cli.corpus import Source

NAME = "dechaff-profile.jsonl"
"""What the file is called unless somebody says otherwise."""
_SHOWN = 3  # lines that are gone: enough to see which template it was

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="PROFILE", help=f"The file of the profile. [default: {NAME}]", show_default=False),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Forget what the file holds instead of adding to it.")]
Day = Annotated[str | None, typer.Option("--date", metavar="DATE", help="When the pages were seen. [default: today]", show_default=False)]


def learn(
    paths: options.Paths,
    output: Output = None,
    fresh: Fresh = False,
    day: Day = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    encoding: options.Encoding = None,
    text_column: options.TextColumn = None,
    id_column: options.IdColumn = None,
    url_column: options.UrlColumn = None,
    keep_lang: options.KeepLang = None,
    include: options.Include = None,
    exclude: options.Exclude = None,
    force_exclude: options.ForceExclude = None,
    no_respect_gitignore: options.NoGitignore = False,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    jobs: options.Jobs = None,
) -> None:
    """Keep what the pages of each site share, so that a single page can be cleaned as if it stood among its site.

    The file is for people to read and to commit; `clean`, `check`, `diff` and `explain` take it as --profile. Learning again adds new
    pages to it: give each page once, or start anew with --fresh. Sites of one or two pages teach nothing.

    Exit status: 0 when the profile is written, 2 when it could not be or a file could not be read.

    \b
    Examples:
      dechaff learn scrapes/ -o sites.jsonl
      dechaff check scrapes/journal/new.txt --profile sites.jsonl
    """
    given = calls.said(locals())
    with exit_codes():
        from dechaff.profile import Profile
        from dechaff.tally import PAGE
        from dechaff_cli import corpus, run
        from dechaff_cli.corpora import Documents
        from dechaff_cli.engine import Crew
        from dechaff_cli.terminal import note

        if calls.STDIN in paths:
            message = "a site is learned from files, not from standard input"
            raise corpus.CorpusError(message)
        seen_on = _day(day)
        asked = calls.call(paths, config, isolated=isolated, learning=True, **given)
        place = output or Path(asked.configs.of_run("profile") or NAME)
        known = calls.read_profile(place) if place.exists() else Profile()  # only a profile is ever written over
        old = Profile() if fresh else known
        asked = replace(asked, profile=old, profile_file=place)
        asked = replace(asked, profile=replace(old, roots=(*old.roots, *_roots(asked, place))))
        found = work.find(asked)
        files = Documents(_once(found.files, place), found.columns)
        task = replace(asked.task(), profile=Profile().survey())
        if "REP001" not in task.rules:
            message = "there is nothing to learn without the rule REP001, which takes what pages share"
            raise corpus.CorpusError(message)
        with Crew(asked.jobs) as crew:
            seen = run.count(files, task, crew)
            new, counts = seen.only(old.survey()), seen.settled(old.survey())
            quotes, errors = run.quoted(files, task, counts, crew)
        assert asked.profile is not None
        profile = asked.profile.learned(counts, quotes, seen_on)
        work.write_file(place, profile.to_json().encode("ascii"))
        for change in old.changed(new):
            _say(change)
        learned = [site for site in quotes if site in profile.sites]
        lines = sum(len(profile.sites[site].lines) for site in learned)
        pages = new.rows.pages[new.rows.item == PAGE]
        note(f"{several(lines, 'shared line')} of {several(len(learned), 'site')}, from {several(int(pages.sum()), 'page')}, in {place}")
        unknown = new.of("").pages
        if few := pages.size - len(learned) - bool(unknown):
            note(f"Nothing learned from {several(few, 'site')} of one or two pages.")
        if unknown:
            note(
                f"Nothing learned from {several(unknown, 'page')} of no known site: "
                "name the folder that the sites are folders of, or set `root`."
            )
        work.say_skipped(found)
        if failed := found.problems + errors:
            fail(failed)


def _day(given: str | None) -> date:
    from dechaff_cli.keys import ConfigError

    try:
        return datetime.now(UTC).date() if given is None else date.fromisoformat(given)
    except ValueError as error:
        message = f"--date {given}: must be a date such as 2026-11-22"
        raise ConfigError(message) from error


def _once(files: Sequence[Source], place: Path) -> list[Source]:
    """Return files without those that were named twice, and refuse to write the profile over one."""
    from dechaff_cli.corpus import CorpusError

    first = {source.path.resolve(): source for source in reversed(files)}
    if place.resolve() in first:
        message = f"--output {place} is one of the files to learn from; choose another"
        raise CorpusError(message)
    return [source for source in files if first[source.path.resolve()] is source]


def _roots(asked: calls.Call, place: Path) -> list[str]:
    """Return the folders that sites are folders of in this call and that the profile does not know, relative to where it is."""
    from dechaff_cli.corpus import spelled

    known = asked.roots
    if asked.configs.of_run("root"):
        roots = known
    else:
        folders = [path.resolve() for path in asked.sources if path.is_dir()]
        above = [*known, *folders]
        roots = [folder for folder in folders if not any(folder.is_relative_to(root) and folder != root for root in above)]
        roots = [root for root in roots if root not in known]
    return [spelled(Path(os.path.relpath(root, place.resolve().parent)).as_posix()) for root in roots]


def _say(change: Change) -> None:
    """Say on standard output that a site has changed."""
    from dechaff_cli.terminal import put, safe

    put(
        f"{safe(change.site)}: its template may have changed: {len(change.gone)} of its {change.of} shared lines are on hardly any of its "
        f"{change.pages} new pages"
    )
    for pair in change.gone[:_SHOWN]:
        put(f"  gone from the {pair.zone}: {safe(pair.line)}")
    if len(change.gone) > _SHOWN:
        put(f"  and {len(change.gone) - _SHOWN} more")
