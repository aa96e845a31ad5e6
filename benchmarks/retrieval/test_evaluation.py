"""The figures that the search was tuned to must not get worse unnoticed."""

import pytest

from benchmarks.retrieval.__main__ import Report, evaluate


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate()


def test_the_right_record_comes_first_or_near(report: Report) -> None:
    assert report.rate("first") >= 0.72
    assert report.rate("third") >= 0.87


def test_off_the_subject_hardly_anything_is_answered(report: Report) -> None:
    assert report.count("answered", off_topic=True) <= 2
    assert report.count("refused", off_topic=True) >= 72


def test_on_the_subject_hardly_anything_is_refused_or_wrong(report: Report) -> None:
    assert report.count("refused", off_topic=False) <= 2
    assert report.count("wrong", off_topic=False) <= 10
    assert report.count("right", off_topic=False) >= 68
