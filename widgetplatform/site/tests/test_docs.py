import os
from pathlib import Path
from typing import Any

import pytest

from widgetplatform.site.docs import Page, find_page, pages, read_page, site_url

GUIDE = """# A guide

What it *is* for.

## First steps

Read [the other](other.md#deep-end), [home](../README.md), [code](../src/main.py) or [more](https://example.com/x).

```python
print("x" if 1 < 2 else 3)
```

| Name | Count |
|---|---:|
| a | 1 |

## First steps

<script>alert(1)</script><a href="javascript:alert(1)" onclick="x()">no</a>
"""


@pytest.fixture
def project(tmp_path: Path, settings: Any) -> Path:
    """A project of two documents and a README."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "guide.md").write_text(GUIDE)
    (tmp_path / "docs" / "other.md").write_text("# Other\n\n## Deep end\n")
    (tmp_path / "docs" / "embedding.md").write_text("# Embedding\n")
    (tmp_path / "README.md").write_text("# Project\n")
    settings.BASE_DIR = tmp_path
    return tmp_path


def test_pages_come_in_reading_order(project: Path) -> None:
    assert [page.slug for page in pages()] == ["", "embedding", "guide", "other"]
    (project / "CHANGELOG.md").write_text("# Changes\n")
    assert pages()[-1].url == "/docs/changelog"


def test_a_page_has_title_summary_contents_and_anchors(project: Path) -> None:
    read = read_page(Page("guide", "docs/guide.md"))
    assert (read.title, read.summary) == ("A guide", "What it is for.")
    assert [(heading.level, heading.anchor) for heading in read.contents] == [
        (2, "first-steps"),
        (2, "first-steps-1"),
    ]
    assert '<h2 id="first-steps">' in read.html


def test_links_are_those_of_the_site(project: Path) -> None:
    html = read_page(Page("guide", "docs/guide.md")).html
    assert 'href="/docs/other#deep-end"' in html
    assert 'href="/docs/"' in html
    assert 'href="https://example.com/x"' in html
    assert "main.py" not in html


def test_pictures_are_served_by_the_site(project: Path) -> None:
    assert site_url(Page("", "README.md"), "docs/img/panel.png") == "/docs/img/panel.png"
    assert site_url(Page("guide", "docs/guide.md"), "img/panel.png") == "/docs/img/panel.png"


def test_code_has_classes_and_tables_scroll(project: Path) -> None:
    html = read_page(Page("guide", "docs/guide.md")).html
    assert '<span class="k">if' in html
    assert '<div class="tbl" tabindex="0"><table>' in html
    assert '<td class="n">1</td>' in html


def test_nothing_active_comes_through(project: Path) -> None:
    html = read_page(Page("guide", "docs/guide.md")).html
    for bad in ("<script", "alert(1)</", "javascript:", "onclick", "style="):
        assert bad not in html


def test_a_changed_file_is_read_again(project: Path) -> None:
    page = Page("other", "docs/other.md")
    assert read_page(page).title == "Other"
    path = project / page.path
    path.write_text("# Else\n")
    os.utime(path, ns=(1, 1))
    assert read_page(page).title == "Else"


def test_only_listed_files_are_pages(project: Path) -> None:
    (project / "secret.md").write_text("# Secret\n")
    assert find_page("secret") is None
    assert find_page("../secret") is None
