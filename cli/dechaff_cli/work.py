"""What the commands share: a call with its settings, and the files found, cleaned and reported."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dechaff_cli.exits import fail

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dechaff import FileReport
    from dechaff.profile import Profile
    from dechaff_cli.columns import Columns
    from dechaff_cli.config import Configs
    from dechaff_cli.corpus import Corpus, Source
    from dechaff_cli.formats.summary import Summary
    from dechaff_cli.manifest import Manifest
    from dechaff_cli.rerun import Run
    from dechaff_cli.run import Outcome, Task

STDIN = "-"
_SHOWN = 200  # characters of what a command line says, in a message about it


@dataclass(frozen=True, slots=True)
class Call:
    """What the user asked for: paths, and the settings in force for them."""

    paths: tuple[str, ...]
    configs: Configs
    stdin_filename: str = STDIN
    profile: Profile | None = None
    """What is known of sites; None to go by the files of the call alone."""
    profile_file: Path | None = None
    """Where that was read."""

    @property
    def from_stdin(self) -> bool:
        """Whether the one text is standard input."""
        return STDIN in self.paths

    @property
    def sources(self) -> list[Path]:
        """The paths of files and folders of this machine."""
        return [Path(path) for path in self.paths if "://" not in path]

    @property
    def columns(self) -> Columns:
        """Where the records of containers keep what."""
        from dechaff_cli.columns import Columns

        text, name, url = (self.configs.of_run(f"{key}-column") or "" for key in ("text", "id", "url"))
        return Columns(text, name, url)

    @property
    def jobs(self) -> int:
        """How many processes are asked for; 0 stands for one a processor."""
        return int(self.configs.of_run("jobs"))

    def task(
        self,
        out: Path | str | None = None,
        *,
        diff: bool = False,
        suspects: bool = False,
        keep_text: bool = False,
        pack: bool = False,
        quarantine: Path | None = None,
    ) -> Task:
        """Return what to do with every file."""
        from dechaff.repetition import Survey
        from dechaff_cli.run import Task

        model = self.configs.of_run("model")
        return Task(
            self.configs.rules(),
            self.configs,
            out,
            diff=diff,
            suspects=suspects,
            keep_text=keep_text,
            quarantine=quarantine,
            encoding=self.configs.of_run("encoding"),
            model=None if model is None else Path(model),
            profile=Survey() if self.profile is None else self.profile.survey(),
            pack=pack,
            engine=self.configs.of_run("engine"),
        )

    @property
    def roots(self) -> list[Path]:
        """The folders that sites are folders of, whatever is named: as the configuration says, or else the profile."""
        if root := self.configs.of_run("root"):
            return [Path(root).resolve()]
        if self.profile is None or self.profile_file is None:
            return []
        return [(self.profile_file.resolve().parent / root).resolve() for root in self.profile.roots]


def said(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a command line says of settings: the arguments of a command that are named like keys of the configuration.

    Args:
        arguments: All arguments of the command by name; what is None or empty was not said.
    """
    from dechaff_cli.keys import TOP

    given = {
        name: str(value) if isinstance(value, Path) else value
        for name, value in arguments.items()
        if name.replace("_", "-") in TOP and value not in (None, [])
    }
    return {**given, "respect_gitignore": False} if arguments.get("no_respect_gitignore") else given


def call(
    paths: Sequence[str],
    config: Sequence[str] | None = None,
    *,
    isolated: bool = False,
    stdin_filename: str = STDIN,
    learning: bool = False,
    **options: Any,  # noqa: ANN401  as many kinds as there are keys
) -> Call:
    """Return a call with its settings.

    Args:
        paths: What to clean.
        config: A configuration file, and settings as TOML.
        isolated: Use no file.
        stdin_filename: What standard input is called.
        learning: Whether the call writes the profile, and so is not to go by it.
        options: What else the command line says, by key of the configuration with `_` for `-`, as `said` returns it.

    Raises:
        DechaffError: A path, a setting or a configuration is wrong.
    """
    from dechaff_cli.config import Configs
    from dechaff_cli.corpus import CorpusError

    if STDIN in paths and len(paths) > 1:
        message = "standard input goes alone, without other files"
        raise CorpusError(message)
    file, given = _settings(config or ())
    for name, value in options.items():
        if value is not None and value != []:
            given[name.replace("_", "-")] = _split(value) if name in {"select", "ignore", "fail_on", "keep_lang"} else value
    if "exclude" in given:
        from dechaff_cli.ignoring import anchored

        given["exclude"] = [anchored(pattern, Path.cwd()) for pattern in given["exclude"]]
    near = [Path(stdin_filename)] if STDIN in paths else [Path() if "://" in path else Path(path) for path in paths]
    configs = Configs(near, given, config=file, isolated=isolated)
    asked = Call(tuple(paths), configs, stdin_filename)
    profile = None if learning else configs.of_run("profile")
    return asked if profile is None else replace(asked, profile=read_profile(Path(profile)), profile_file=Path(profile))


def read_profile(file: Path) -> Profile:
    """Return the site profile of a file.

    Raises:
        ProfileError: It cannot be read, or is wrong.
    """
    from dechaff.errors import ProfileError
    from dechaff.profile import Profile

    try:
        return Profile.parse(file.read_bytes().decode("utf-8"), str(file))
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}; `dechaff learn` makes one"
        raise ProfileError(message) from error
    except UnicodeDecodeError as error:
        message = f"{file}: is no profile: not UTF-8"
        raise ProfileError(message) from error


def is_setting(word: str) -> bool:
    """Return whether a word of --config is a setting as TOML, and not a file."""
    try:
        return "=" in word and not Path(word).exists()
    except OSError:  # longer than a name can be
        return True


def _split(words: list[str]) -> list[str]:
    return [word.strip() for given in words for word in given.split(",")]


def _settings(config: Sequence[str]) -> tuple[Path | None, dict[str, Any]]:
    """Return the configuration file and the single settings that --config names."""
    import tomllib

    from dechaff_cli.keys import ConfigError
    from dechaff_cli.terminal import clipped

    file = None
    given: dict[str, Any] = {}
    for word in config:
        if is_setting(word):
            try:
                given |= tomllib.loads(word)
            except (tomllib.TOMLDecodeError, RecursionError) as error:
                message = f"--config {clipped(word, _SHOWN)}: not valid TOML: {error}; strings need quotes"
                raise ConfigError(message) from error
        elif file is not None:
            message = f"--config {word}: {file} is there already; a file can `extend` another"
            raise ConfigError(message)
        else:
            file = Path(word)
    return file, given


def find(asked: Call) -> Corpus:
    """Return the files below the paths of a call; no file at all is an error."""
    from dechaff_cli import corpus
    from dechaff_cli.ignoring import matches, passing_over

    configs = asked.configs
    include = tuple(configs.of_run("include"))

    def excluded(folder: Path) -> list[str]:
        return list(configs.of_folder(folder, "exclude"))

    found = corpus.find(asked.sources, include, passing_over(excluded, respect_gitignore=configs.of_run("respect-gitignore")))
    found.files, found.columns = placed(found.files, asked.roots), asked.columns
    for url in asked.paths:
        if "://" in url:
            corpus.remote().find(url, include, found)
    if configs.of_run("force-exclude"):
        kept = [source for source in found.files if not matches(excluded(source.path.parent), source.path)]
        found.skipped += Counter({"files excluded by the configuration": len(found.files) - len(kept)})
        found.files = kept
    elif not found.files and not found.problems:
        message = f"no file to clean below {', '.join(asked.paths)}: looked for {', '.join(include)}. Name others with --include GLOB."
        if found.skipped:
            message += f" Passed over: {'; '.join(f'{count:,} {why}' for why, count in sorted(found.skipped.items()))}."
        raise corpus.CorpusError(message)
    return found


def placed(files: Sequence[Source], roots: Sequence[Path]) -> list[Source]:
    """Return files with their places below the deepest of some folders that holds each."""
    from dechaff_cli.corpus import spelled

    found = []
    for source in files:
        path = source.path.resolve() if roots else source.path
        root = max((root for root in roots if path.is_relative_to(root)), key=lambda root: len(root.parts), default=None)
        found.append(source if root is None else replace(source, place=spelled(path.relative_to(root).as_posix())))
    return found


def clean_folder(
    found: Corpus,
    task: Task,
    out: Path | str,
    folder: Path | None,
    jobs: int,
    to: str | None = None,
    manifest: Manifest | None = None,
    run: Run | None = None,
) -> None:
    """Clean what was found, write the report, and say on standard error what was done."""
    from dechaff_cli.html import PAGE
    from dechaff_cli.passes import Passes
    from dechaff_cli.terminal import note, show

    with Passes(found, task, jobs, manifest) as passes:
        counts = passes.survey()
        if passes.nothing_to_do():
            note(f"Nothing has changed: {out} and its report are as the last run left them.")
            return
        over: list[tuple[str, str]] = []
        summary = _written(found, _judged(passes.clean(counts), task, over), task, out, folder, to, run, over)
        passes.finish()
    for table in summary.table():
        show(table)
        note("")
    say_skipped(found)
    if folder:
        note(f"Report: {folder / PAGE}")
    if summary.errors:
        fail(summary.errors)


def _judged(cleaned: Iterator[tuple[Source, Outcome]], task: Task, over: list[tuple[str, str]]) -> Iterator[tuple[Source, Outcome]]:
    """Yield documents and what became of them; note which are over their budget."""
    for source, outcome in cleaned:
        over += over_budget(source, outcome.report, task)
        yield source, outcome


def over_budget(source: Source, report: FileReport, task: Task) -> list[tuple[str, str]]:
    """Return the path of a file and how far it is beyond its budget, if it is."""
    if task.configs is None or report.error is not None:
        return []
    words = task.configs.policy(source.path, report.site).exceeded(report, report.findings)
    return [(report.path, "; ".join(words))] if words else []


def _written(
    found: Corpus,
    each: Iterator[tuple[Source, Outcome]],
    task: Task,
    out: Path | str,
    folder: Path | None,
    to: str | None,
    run: Run | None,
    over: list[tuple[str, str]],
) -> Summary:
    """Write the clean copies that are not written yet, and the report; return the figures."""
    from dechaff_cli.corpora import cleaning, converting
    from dechaff_cli.formats.summary import Summary
    from dechaff_cli.report_folder import ReportFolder
    from dechaff_cli.tally import Tally

    clean = out if isinstance(out, Path) and to is None else None
    with ReportFolder(folder, sorted(task.rules), clean, run) if folder else nullcontext() as writing:
        tally = Tally(Summary(errors=list(found.problems)), writing)
        if to is None:
            cleaning.write(found, each, out, tally)
        else:
            converting.write(found, each, out, tally, to)
        tally.summary.skipped = found.skipped
        tally.summary.over = sorted(over)
        if writing:
            writing.finish(tally.summary)
    return tally.summary


def clean_in_place(found: Corpus, task: Task, jobs: int) -> int:
    """Write clean text over the files it came from, and say which; return how many were changed."""
    from dechaff_cli.corpora import cleaning

    errors = list(found.problems)
    changed = cleaning.overwrite(found, cleaned(found, task, jobs), errors)
    if errors:
        fail(errors)
    return changed


def say_skipped(found: Corpus) -> None:
    """Say on standard error what was passed over, and why."""
    from dechaff_cli.terminal import note

    for why, count in sorted(found.skipped.items()):
        note(f"Passed over: {count:,} {why}")


def from_stdin(task: Task, name: str) -> Outcome:
    """Return what becomes of standard input."""
    from dechaff import FileReport, NotTextError
    from dechaff_cli.run import Outcome, clean_text

    try:
        return clean_text(sys.stdin.buffer.read(), name, task)
    except NotTextError as error:
        return Outcome(FileReport(name, error=str(error)), b"", "")


def cleaned(found: Corpus, task: Task, jobs: int) -> Iterator[tuple[Source, Outcome]]:
    """Yield each document, without what it holds, and what becomes of it."""
    from dechaff_cli.passes import Passes

    with Passes(found, task, jobs) as passes:
        yield from passes.clean(passes.survey())


def each(
    asked: Call, errors: list[tuple[str, str]], *, diff: bool = False, keep_text: bool = False, quiet: bool = False
) -> Iterator[tuple[Outcome, Source]]:
    """Yield what would become of each document and where it is; what cannot be read is added to the errors."""
    from dechaff_cli.corpus import Source

    if asked.from_stdin:
        outcome = from_stdin(asked.task(diff=diff, keep_text=keep_text), asked.stdin_filename)
        if outcome.report.error is not None:
            errors.append((asked.stdin_filename, outcome.report.error))
        else:
            yield outcome, Source(Path(asked.stdin_filename), asked.stdin_filename, 0)
        return
    found = find(asked)
    errors += found.problems
    task = asked.task(diff=diff, keep_text=keep_text)
    for source, outcome in cleaned(found, task, asked.jobs):
        if outcome.report.error is not None:
            errors.append((source.shown, outcome.report.error))
        else:
            yield outcome, source
    if not quiet:
        say_skipped(found)


def write_file(output: Path, data: bytes, paths: Sequence[str] = ()) -> None:
    """Write a result to the file that the user named, unless it is one of the files that the result is about."""
    from dechaff_cli import corpus

    for path in paths:
        if output.resolve().is_relative_to(Path(path).resolve()):
            message = f"{output} is inside {path}: choose a file beside it"
            raise corpus.CorpusError(message)
    try:
        corpus.write(output, data, lasting=True)
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}"
        raise corpus.CorpusError(message) from error
