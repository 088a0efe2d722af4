"""What does a build server read? Cases that were run again as JUnit XML: a suite for each, a test for each row."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from thermopkg.regress.compare import CaseReport
from thermopkg.report.regression import Line, lines

UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # characters that XML 1.0 has not


def junit(reports: Sequence[CaseReport]) -> str:
    """A suite for each case, a test for each number and verdict in it; a case that fails is one test with an error.

    What differs from what is expected is a failure, with both sides in its text.
    """
    suites = [_suite(report) for report in reports]
    totals = {key: str(sum(int(suite.attrib[key]) for suite in suites)) for key in ("tests", "failures", "errors")}
    seconds = sum(report.seconds for report in reports)
    root = ET.Element("testsuites", {"name": "thermopkg regress", **totals, "time": f"{seconds:.3f}"})
    root.extend(suites)
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(report: CaseReport) -> ET.Element:
    name, tests = _speakable(report.name), [_test(report.name, line) for line in lines(report)]
    if report.fault is not None:
        test = ET.Element("testcase", {"classname": name, "name": "runs", "time": "0.000"})
        first, *_ = report.fault.splitlines() or [""]
        ET.SubElement(test, "error", {"message": _speakable(first), "type": "fault"}).text = _speakable(report.fault)
        tests.append(test)
    if tests:
        tests[0].set("time", f"{report.seconds:.3f}")  # one solve serves all rows of a case
    counts = {"tests": len(tests), "failures": sum(test.find("failure") is not None for test in tests),
              "errors": sum(test.find("error") is not None for test in tests)}  # fmt: skip
    attributes = {key: str(count) for key, count in counts.items()}
    suite = ET.Element("testsuite", {"name": name, **attributes, "skipped": "0", "time": f"{report.seconds:.3f}"})
    suite.extend(tests)
    return suite


def _test(case: str, line: Line) -> ET.Element:
    test = ET.Element("testcase", {"classname": _speakable(case), "name": _speakable(line.what), "time": "0.000"})
    if not line.passed:
        text = "\n".join(
            [f"expected {line.expected}", f"found {line.found}", *([f"moved {line.moved}"] if line.moved else [])]
        )
        ET.SubElement(test, "failure", {"message": line.told, "type": "regression"}).text = _speakable(text)
    return test


def _speakable(text: str) -> str:
    return UNSPEAKABLE.sub("?", text)
