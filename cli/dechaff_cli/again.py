"""Some files of a run cleaned again, with the settings as they are now, and their places in its report filled anew."""

from __future__ import annotations

import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from dechaff import RestoreError
from dechaff_cli import corpus, places, report_folder, run, work, writing
from dechaff_cli.engine import Crew
from dechaff_cli.formats.diff import Sections
from dechaff_cli.rerun import FILE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from dechaff_cli.rerun import Run
    from dechaff_cli.task import Outcome


def refuse_others(folder: Path, asked: Run, paths: Collection[str]) -> None:
    """Refuse to write over anything but the clean copies that a report tells of: its record of the run may be forged.

    Raises:
        DechaffError: It says what stands where a clean copy should.
    """
    places.refuse_mixing(asked.call().sources, Path(asked.output), f"{folder / FILE}: output")
    for report in report_folder.read(folder):
        if isinstance(report, RestoreError) or report.path not in paths:
            continue
        known = {(asked.output, report.sha256_out), (asked.quarantine, report.sha256_in)}
        copies = [(places.below(Path(out), report.path), digest) for out, digest in known if out is not None]
        if not any(place.is_file() and sha256(place.read_bytes()).hexdigest() == digest for place, digest in copies):
            message = f"{places.below(Path(asked.output), report.path)} is not the clean copy that {folder} tells of; clean again first"
            raise corpus.CorpusError(message)


def again(folder: Path, asked: Run, paths: Collection[str]) -> list[str]:
    """Clean some files of a run again; return the paths of those that come out otherwise than before.

    What the pages of a site share is counted over all files, as in a whole run; files that are not named are left as they came out.

    Args:
        folder: The report folder.
        asked: The run.
        paths: The files, as the report names them.

    Raises:
        DechaffError: A setting is wrong, or something cannot be written.
    """
    call = asked.call()
    found = work.find(call)
    corpus.refuse_twins(found)
    sources = [source for source in found.files if source.name in paths]
    task = call.task(Path(asked.output), diff=True, report=True, quarantine=None if asked.quarantine is None else Path(asked.quarantine))
    with Crew(call.jobs) as crew:
        counts = run.survey(found.files, task, crew)
        made = {outcome.report.path: outcome for outcome in run.clean(sources, task, counts, crew)}
    over = [one for source in sources for one in work.over_budget(source, made[source.name].report, task)]
    try:
        changed = _replace(folder, made)
    except OSError as error:
        message = f"the report in {folder} cannot be written: {error.strerror}"
        raise corpus.CorpusError(message) from error
    report_folder.render(folder, Path(asked.output), report_folder.Renewed(frozenset(made), over, sorted(task.rules)))
    return changed


def _replace(folder: Path, made: Mapping[str, Outcome]) -> list[str]:
    """Put new records and diffs in the places of the old ones."""
    changed: list[str] = []
    with (
        tempfile.NamedTemporaryFile(prefix=".dechaff-", suffix=".tmp", dir=folder) as findings,
        tempfile.NamedTemporaryFile(prefix=".dechaff-", suffix=".tmp", dir=folder) as diff,
        (folder / report_folder.DIFF).open("rb") as old,
    ):
        sections = Sections(old)
        for report in report_folder.read(folder):
            if isinstance(report, RestoreError):
                raise report
            section = sections.of(report.path)
            outcome = made.get(report.path)
            if outcome is not None and outcome.report.sha256_out != report.sha256_out:
                changed.append(report.path)
            findings.write((outcome.report if outcome else report).to_json().encode("ascii") + b"\n")
            diff.write(outcome.diff if outcome else section)
        for file, name in ((findings, report_folder.FINDINGS), (diff, report_folder.DIFF)):
            file.flush()
            file.seek(0)
            writing.write(folder / name, file.read())
    return changed
