"""How often a wrong password may be tried."""

import pytest

from app.accounts.sign_in_limit import FAILURES_PER_ACCOUNT, FAILURES_PER_ADDRESS, MAX_KEYS, WINDOW_SECONDS, SignInLimit
from app.errors import TooManyRequests


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def failed(limit: SignInLimit, times: int, *, address: str = "10.0.0.1", email: str = "a@b.c") -> None:
    for _ in range(times):
        limit.failed(address, email)


def test_check__lets_in_below_the_limit() -> None:
    limit = SignInLimit(clock=Clock())
    failed(limit, FAILURES_PER_ACCOUNT - 1)
    limit.check("10.0.0.1", "a@b.c")


def test_check__refuses_until_the_oldest_failure_is_past() -> None:
    clock = Clock()
    limit = SignInLimit(clock=clock)
    failed(limit, 1)
    clock.now = 60
    failed(limit, FAILURES_PER_ACCOUNT - 1)
    with pytest.raises(TooManyRequests, match=f"in {WINDOW_SECONDS - 60 + 1} seconds"):
        limit.check("10.0.0.1", "a@b.c")
    clock.now = WINDOW_SECONDS
    limit.check("10.0.0.1", "a@b.c")


def test_check__does_not_lock_a_person_out_everywhere() -> None:
    limit = SignInLimit(clock=Clock())
    failed(limit, FAILURES_PER_ACCOUNT)
    limit.check("10.0.0.2", "a@b.c")
    limit.check("10.0.0.1", "other@b.c")


def test_check__refuses_an_address_that_tries_many_accounts() -> None:
    limit = SignInLimit(clock=Clock())
    for number in range(FAILURES_PER_ADDRESS):
        failed(limit, 1, email=f"{number}@b.c")
    with pytest.raises(TooManyRequests):
        limit.check("10.0.0.1", "new@b.c")


def test_succeeded__forgets_failures() -> None:
    limit = SignInLimit(clock=Clock())
    failed(limit, FAILURES_PER_ACCOUNT)
    limit.succeeded("10.0.0.1", "a@b.c")
    limit.check("10.0.0.1", "a@b.c")


def test_failed__keeps_its_memory_bounded_and_the_newest() -> None:
    limit = SignInLimit(clock=Clock())
    for number in range(MAX_KEYS):
        failed(limit, 1, address=str(number), email=f"{number}@b.c")
    failed(limit, FAILURES_PER_ACCOUNT, address="last")
    assert len(limit._failures) <= MAX_KEYS
    with pytest.raises(TooManyRequests):
        limit.check("last", "a@b.c")
