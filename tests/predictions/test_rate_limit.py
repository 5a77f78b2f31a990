import pytest

from app.errors import TooManyRequests
from app.predictions.rate_limit import RateLimit
from app.settings import Settings
from tests.conftest import Person, use_settings


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_rate_limit__lets_a_minutes_worth_through_then_one_after_the_other() -> None:
    clock = Clock()
    limit = RateLimit(clock=clock)
    for _ in range(6):
        limit.take("a", per_minute=6)
    with pytest.raises(TooManyRequests) as refusal:
        limit.take("a", per_minute=6)
    assert refusal.value.headers["Retry-After"] == "10"
    limit.take("b", per_minute=6)  # another caller's allowance is its own
    clock.now += 10
    limit.take("a", per_minute=6)
    with pytest.raises(TooManyRequests):
        limit.take("a", per_minute=6)
    clock.now += 3600
    for _ in range(6):
        limit.take("a", per_minute=6)
    with pytest.raises(TooManyRequests):
        limit.take("a", per_minute=6)


def test_rate_limit__zero_is_no_limit() -> None:
    limit = RateLimit()
    for _ in range(1000):
        limit.take("a", per_minute=0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_predict__more_often_than_allowed_is_refused(
    owner: Person, stranger: Person, app_env: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_settings(monkeypatch, data_dir=app_env.data_dir, database_url=app_env.database_url, predict_per_minute=2)
    answers = [owner.post("/api/predict/1/x", content=b"x") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert int(answers[2].headers["Retry-After"]) >= 1
    assert list(answers[2].json()) == ["error"]
    assert stranger.post("/api/predict/1/x", content=b"x").status_code == 404
