"""What a second try of a test starts from: nothing that its first try, or a test before it, has touched."""

import pytest
from pytest_rerunfailures import suspended_finalizers


def end_what_is_shared(item: pytest.Item) -> None:
    """End every fixture but those of the whole session, so that the test to be tried again gets new ones.

    pytest-rerunfailures keeps them from one try to the next by taking what would end them away from pytest; here it
    is given back first.
    """
    set_up = item.session._setupstate
    set_up.stack.update(suspended_finalizers)
    suspended_finalizers.clear()
    set_up.teardown_exact(item.session)  # type: ignore[arg-type]
