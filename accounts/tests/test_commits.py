"""What waits for a commit."""

import pytest
from django.db import transaction

from accounts.commits import after_commit


def fail(message):
    raise OSError(message)


@pytest.mark.django_db(transaction=True)
def test_calls_wait_for_the_commit_and_one_that_fails_is_logged_only(caplog):
    done = []
    with transaction.atomic():
        after_commit(done.append, 1)
        after_commit(fail, "the broker is away")
        after_commit(done.append, 2)
        assert not done
    assert done == [1, 2]
    assert "the broker is away" in caplog.text

    after_commit(fail, "still away")
    after_commit(done.append, 3)
    assert done == [1, 2, 3]
    assert "still away" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_nothing_is_called_after_a_rollback():
    done = []
    with transaction.atomic():
        after_commit(done.append, 1)
        transaction.set_rollback(True)
    assert not done
