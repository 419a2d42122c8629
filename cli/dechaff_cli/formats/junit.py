"""JUnit: a suite a file, a failed case a result, in the order and with the attributes that the published schema asks for."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from dechaff_cli.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dechaff_cli.formats import Totals
    from dechaff_cli.results import Checked

_PACKAGE = "org.dechaff"
_NO_TIME = "1970-01-01T00:00:00"  # the schema wants one; the true one would make every run differ


class JUnit:
    """Writes suite by suite."""

    def __init__(self) -> None:
        """Begin with no suite."""
        self._suites = 0

    def add(self, file: Checked) -> Iterator[str]:
        """Yield the suite of a file; one without results has a case that passes."""
        suite = self._suite(file.path)
        stem = str(PurePosixPath(file.path).with_suffix(""))
        failures = 0
        for result in file.results:
            case = _case(suite, f"{_PACKAGE}.{result.rule}", stem)
            if result.level == "error":
                failures += 1
                failure = ET.SubElement(case, "failure", message=f"{result.title}: {result.message}", type=result.rule)
                failure.text = f"line {result.line}, col {result.column}, {result.message}" + "".join(
                    f"\n  | {line}" for line in result.excerpt
                )
        for words in file.over:
            failures += 1
            ET.SubElement(_case(suite, f"{_PACKAGE}.budget", stem), "failure", message=words, type="budget").text = words
        if not file.results and not file.over:
            _case(suite, "No errors found", stem)
        yield self._written(suite, failures, 0)

    def finish(self, totals: Totals) -> Iterator[str]:
        """Yield a suite for each file that could not be read, and the end."""
        for path, message in totals.errors:
            suite = self._suite(safe(path))
            case = _case(suite, f"{_PACKAGE}.unreadable", safe(path))
            ET.SubElement(case, "error", message=safe(message), type="unreadable").text = safe(message)
            yield self._written(suite, 0, 1)
        yield "</testsuites>" if self._suites else self._head() + "</testsuites>"

    def _suite(self, path: str) -> ET.Element:
        suite = ET.Element(
            "testsuite", name=path, package=_PACKAGE, id=str(self._suites), timestamp=_NO_TIME, hostname="localhost", time="0"
        )
        ET.SubElement(suite, "properties")
        return suite

    def _written(self, suite: ET.Element, failures: int, errors: int) -> str:
        cases = suite.findall("testcase")
        suite.attrib |= {"tests": str(len(cases)), "failures": str(failures), "errors": str(errors)}
        ET.SubElement(suite, "system-out")
        ET.SubElement(suite, "system-err")
        before = "" if self._suites else self._head()
        self._suites += 1
        ET.indent(suite)
        return before + str(ET.tostring(suite, "us-ascii", xml_declaration=False), "ascii")  # ASCII stays itself in any locale

    @staticmethod
    def _head() -> str:
        return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'


def _case(suite: ET.Element, name: str, classname: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", name=name, classname=classname, time="0")


FORMATS = {"junit": JUnit}
