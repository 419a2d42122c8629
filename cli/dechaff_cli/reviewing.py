"""A review: corrections counted over the corpus, written into the configuration, tried, and the files concerned cleaned again."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dechaff import FileReport, RestoreError
from dechaff.allow import Allowed
from dechaff.confidence import confidence
from dechaff.guards import guard
from dechaff.lines import bare
from dechaff.patterns import Patterns
from dechaff_cli import configuring, places, reading, report_folder, work
from dechaff_cli.again import again, refuse_others
from dechaff_cli.corpora.remote import is_url
from dechaff_cli.corrections import Correction, CorrectionError, block, free_code
from dechaff_cli.rerun import Run

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

KEPT = "corrections.jsonl"
"""The file of a report folder that holds the corrections made from it."""
CONTENT, CHROME, UNSURE = 1, 0, -1
"""Labels, as dechaff-train reads them."""


class Proposal(NamedTuple):
    """What a correction would do."""

    toml: str
    code: str
    """The code of the rule that it becomes, if it becomes one."""
    config: str
    """The file that it would go into."""
    lines: int
    """How many lines of the corpus would change."""
    paths: frozenset[str]
    """The files that they are in."""
    faults: tuple[str, ...]
    """Why it cannot be made."""


class Review:
    """The report under review, and the configuration that corrections go into."""

    def __init__(self, folder: Path) -> None:
        """Begin.

        Args:
            folder: The report folder.

        Raises:
            DechaffError: The report does not say how its files were cleaned, or a setting is wrong.
        """
        self.folder = folder
        self.run = Run.read(folder)
        if (folder / report_folder.CONTAINERS).exists() or any(map(is_url, (*self.run.paths, self.run.output))):
            message = (
                f"{folder} is of records in containers, or of files that are not on this machine: a review takes files in folders of this "
                "machine alone. Read its index.html, put [[allow]] and [[rule]] into the configuration, and clean again"
            )
            raise CorrectionError(message)
        self.config = configuring.place(self.run.call())
        self._gone: dict[tuple[str, str], dict[str, int]] | None = None

    def propose(self, correction: Correction, taken: Collection[str] = ()) -> Proposal:
        """Return what a correction would do, and what speaks against it.

        Args:
            correction: What was said of a line.
            taken: Codes of rules that the configuration is about to have.

        Raises:
            DechaffError: The report or the configuration cannot be read.
        """
        config = str(self.config)
        code = free_code([*configuring.own_codes(self.config), *taken]) if correction.kind == "chrome" else ""
        fault = correction.fault() or ("" if code or correction.kind != "chrome" else "the configuration has no room for another rule")
        if fault:
            return Proposal("", "", config, 0, frozenset(), (fault,))
        toml = block(correction, code, within=configuring.within(self.config))
        found = self._kept(correction) if correction.kind == "chrome" else self._removed(correction)
        faults = tuple(_tried(correction)) if correction.kind == "chrome" else ()
        if not found and not faults:
            guarded = guard(correction.text) if correction.kind == "chrome" else ""
            faults = (f"no line would change{f': it is guarded as {guarded}' if guarded else ''}",)
        return Proposal(toml, code, config, sum(found.values()), frozenset(found), faults)

    def apply(self, corrections: Sequence[Correction]) -> tuple[list[str], list[tuple[Correction, str]]]:
        """Write corrections into the configuration, clean the files concerned again, and keep the labels.

        Returns:
            The files that come out otherwise than before; and the corrections that could not be made, each with the reason.

        Raises:
            DechaffError: The configuration cannot take them, or a file cannot be written.
        """
        made: dict[Correction, Proposal] = {}
        refused: list[tuple[Correction, str]] = []
        for one in dict.fromkeys(corrections):
            proposal = self.propose(one, [earlier.code for earlier in made.values()])
            if proposal.faults:
                refused.append((one, "; ".join(proposal.faults)))
            else:
                made[one] = proposal
        if not made:
            return [], refused
        paths = frozenset[str]().union(*(proposal.paths for proposal in made.values()))
        refuse_others(self.folder, self.run, paths)
        file = self.folder / KEPT
        try:
            with file.open("a", encoding="ascii") as kept:
                configuring.add(self.config, [proposal.toml for proposal in made.values()])
                kept.writelines(json.dumps(one._asdict()) + "\n" for one in made)
        except OSError as error:
            message = f"{file} cannot be written: {error.strerror}"
            raise CorrectionError(message) from error
        changed = again(self.folder, self.run, paths)
        self._gone = None
        return changed, refused

    def _removed(self, correction: Correction) -> dict[str, int]:
        """Return by file how many lines were removed that a correction keeps."""
        if self._gone is None:
            self._gone = defaultdict(lambda: defaultdict(int))
            for report in self._reports():
                for finding in report.findings:
                    if confidence(finding) is not None:
                        for line in finding.old.split("\n"):
                            if line.strip():
                                self._gone[line.strip(), report.site][report.path] += 1
        allowed = Allowed([correction.allow()])
        found: dict[str, int] = defaultdict(int)
        for (line, site), files in self._gone.items():
            if allowed(line, site, ""):
                for path, count in files.items():
                    found[path] += count
        return found

    def _kept(self, correction: Correction) -> dict[str, int]:
        """Return by file how many lines stand in the clean copies that a rule would take; guarded ones stay."""
        patterns = Patterns([(correction.pattern, True)])
        needed = max(bare(correction.text).lower().split(), key=len)
        needed = "" if any(map(str.isdecimal, needed)) else needed
        found: dict[str, int] = defaultdict(int)
        for report in self._reports():
            try:
                text = places.below(Path(self.run.output), report.path).read_bytes().decode("utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            if needed in text.lower():
                count = sum(bool(patterns.whole(bare(line))) and not guard(line) for line in text.split("\n"))
                if count:
                    found[report.path] = count
        return found

    def _reports(self) -> Iterator[FileReport]:
        for report in report_folder.read(self.folder):
            if isinstance(report, RestoreError):
                raise report
            if report.error is None:
                yield report

    def labels(self) -> Iterator[str]:
        """Yield the pages that corrections were made on, as rows of JSON that `dechaff-train --whole` reads.

        Lines that nobody said anything of are neither content nor chrome. A page is given as it is now; a correction whose line is no
        longer there is passed over.
        """
        said: dict[str, list[Correction]] = defaultdict(list)
        for one in self.kept():
            said[one.path].append(one)
        call = self.run.call()
        for source in work.find(call).files:
            if source.name not in said:
                continue
            read = reading.read(source, call.configs.of_run("encoding"))
            if read.decoded is None:
                continue
            lines = read.decoded.text.removesuffix("\n").split("\n")
            labels = [UNSURE] * len(lines)
            for one in said[source.name]:
                for i, line in enumerate(lines):
                    if line.strip() == one.text:
                        labels[i] = CHROME if one.kind == "chrome" else CONTENT
            site = reading.document(read).site
            rows = [[line, label] for line, label in zip(lines, labels, strict=True)]
            yield json.dumps({"id": source.name, "domain": site, "lines": rows})

    def kept(self) -> list[Correction]:
        """Return the corrections that were made from this report."""
        file = self.folder / KEPT
        try:
            rows = file.read_text(encoding="ascii").splitlines() if file.exists() else []
            return [Correction.from_record(json.loads(row)) for row in rows]
        except (OSError, ValueError) as error:
            message = f"{file} cannot be read: {error}"
            raise CorrectionError(message) from error


def _tried(correction: Correction) -> Iterator[str]:
    """Yield what `dechaff rules test` finds wrong with the rule of a correction.

    In a process of its own: a rule that is tried stands beside the others for as long as its process lives.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tried.toml"
        file.write_text(block(correction, free_code()), encoding="utf-8")
        command = [sys.executable, "-m", "dechaff_cli", "rules", "test", "--isolated", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)  # noqa: S603  our own command
    yield from done.stdout.splitlines()
    if done.returncode and not done.stdout:
        yield done.stderr.strip()
