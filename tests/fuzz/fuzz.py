"""Coverage-guided fuzzing: `python tests/fuzz/fuzz.py TARGET [libFuzzer's options] [folder of inputs]`.

Needs atheris (`pip install atheris`). A crash is written to a file whose bytes, given as the only argument after the target, show it again.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import TYPE_CHECKING

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))

with atheris.instrument_imports(include=["dechaff", "dechaff_cli", "promises"]):
    import promises
    from dechaff import RULES, Document, FileReport, NotTextError, Pipeline, clean, decode, restore
    from dechaff.errors import DechaffError, RestoreError
    from dechaff.profile import Profile
    from dechaff.report import describe
    from dechaff_cli import report_folder
    from dechaff_cli.baseline import Baseline
    from dechaff_cli.config import Configs

if TYPE_CHECKING:
    from collections.abc import Callable

_LINES = (Path(__file__).parent / "lines.txt").read_text(encoding="utf-8").splitlines()
_STAGES = sorted({rule.stage for rule in RULES.values()})


def _page(data: bytes) -> str:
    """Return a page that bytes describe: known lines by number, and others as they stand."""
    found = atheris.FuzzedDataProvider(data)
    lines = []
    while found.remaining_bytes():
        chosen = found.ConsumeIntInRange(0, len(_LINES) * 4 // 3)
        lines.append(_LINES[chosen] if chosen < len(_LINES) else found.ConsumeUnicodeNoSurrogates(40))
    return "\n".join(lines)


def decoding(data: bytes) -> None:
    promises.decodes_or_refuses(data)


def restoring(data: bytes) -> None:
    promises.restores(data)


def cleaning(data: bytes) -> None:
    page = _page(data)
    promises.settles(page)
    promises.keeps(page)
    promises.restores(page.encode("utf-8"))


def stage(data: bytes) -> None:
    """One stage alone, chosen by the first byte."""
    chosen = _STAGES[data[0] % len(_STAGES)] if data else _STAGES[0]
    rules = frozenset(code for code, rule in RULES.items() if rule.stage == chosen)
    page = _page(data[1:])
    once = clean(page, rules).text
    assert clean(once, rules).text == once


def batches(data: bytes) -> None:
    """What is found in a page does not depend on what it is cleaned with."""
    found = atheris.FuzzedDataProvider(data)
    pages = [_page(found.ConsumeBytes(found.ConsumeIntInRange(0, 80))) for _ in range(3)]
    documents = [Document(f"{i}.txt", "site", page) for i, page in enumerate(pages)]
    together = Pipeline(RULES).clean(documents)
    assert together == [Pipeline(RULES).clean([document])[0] for document in documents]


def configuration(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "dechaff.toml")
        file.write_bytes(data)
        try:
            configs = Configs([Path(folder)], {}, config=file)
            configs.treatment(Path(folder, "a.txt"), "site")
            configs.policy(Path(folder, "a.txt"), "site")
        except DechaffError:
            return


def profile(data: bytes) -> None:
    try:
        read = Profile.parse(data.decode("utf-8", "replace"), "profile")
    except DechaffError:
        return
    assert Profile.parse(read.to_json(), "profile").to_json() == read.to_json()
    read.survey()


def baseline(data: bytes) -> None:
    with NamedTemporaryFile(suffix=".json") as file:
        Path(file.name).write_bytes(data)
        try:
            Baseline.read(Path(file.name)).to_json()
        except DechaffError:
            return


def report(data: bytes) -> None:
    """A report from a stranger is read or refused, and what it leads back to is the original or nothing."""
    with TemporaryDirectory() as folder:
        Path(folder, "findings.jsonl").write_bytes(data)
        try:
            for record in report_folder.read(Path(folder)):
                if isinstance(record, FileReport):
                    restore(b"Rain fell.\n", record)
        except (DechaffError, RestoreError):
            return


def tampering(data: bytes) -> None:
    """A clean copy with one byte changed is refused."""
    page = _page(data)
    raw = page.encode("utf-8")
    try:
        decoded = decode(raw)
    except NotTextError:
        return
    cleaned = clean(decoded.text)
    copy = bytearray(cleaned.text.encode("utf-8"))
    if not copy:
        return
    copy[len(data) % len(copy)] ^= 1
    try:
        restore(bytes(copy), describe("a.txt", "", raw, decoded, cleaned))
    except RestoreError:
        return
    message = "a changed copy was taken for the one that the report is about"
    raise AssertionError(message)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (decoding, restoring, cleaning, stage, batches, configuration, profile, baseline, report, tampering)
}


def _write_seeds(target: str, folder: Path) -> None:
    """Write inputs that the target takes: what is nearly valid gets further than noise."""
    samples = sorted(Path(__file__).parents[2].glob("samples/scrapes/**/*.txt"))
    if target == "report":
        for i, sample in enumerate(samples):
            decoded = decode(sample.read_bytes())
            folder.joinpath(str(i)).write_text(describe("a.txt", "", sample.read_bytes(), decoded, clean(decoded.text)).to_json())
    elif target in {"decoding", "restoring"}:
        for i, sample in enumerate(samples):
            folder.joinpath(str(i)).write_bytes(sample.read_bytes())
    else:
        for i, seed in enumerate(_SEEDS.get(target, ())):
            folder.joinpath(str(i)).write_text(seed, encoding="utf-8")


_SEEDS = {
    "configuration": (
        'select = ["CHR", "ENC"]\nremoval = "balanced"\n[policy]\nmax-removed = "40%"\n',
        '[[overrides]]\npaths = ["site/**"]\nignore = ["REP001"]\n[[allow]]\nline = "TOP"\nreason = "a gene"\n',
        '[[rules]]\ncode = "OWN001"\nname = "own"\npatterns = ["call us on .*"]\nwhy = "x"\n',
    ),
    "profile": (
        (
            '{"dechaff_profile": 1, "roots": ["."]}\n'
            '{"site": "s", "pages": 4, "first": "2026-11-20", "last": "2026-11-22"}\n'
            '{"site": "s", "zone": "head", "pages": 4, "line": "Example Site", "beside": null}\n'
            '{"site": "s", "zone": "foot", "pages": 3, "line": "TOP", "beside": "Call us on 12"}\n'
        ),
    ),
    "baseline": ('{"dechaff_baseline": 1, "files": {"s/1.txt": {"CHR008": {"62b34994944f739c": 1}, "REP001": {"07b4ed8e4e4eadcc": 2}}}}',),
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"{__doc__}\nTargets: {', '.join(TARGETS)}")
    with TemporaryDirectory() as seeds:
        _write_seeds(sys.argv[1], Path(seeds))
        atheris.Setup([sys.argv[0], "-len_control=0", "-max_len=4000", *sys.argv[2:], seeds], TARGETS[sys.argv[1]])
        atheris.Fuzz()
