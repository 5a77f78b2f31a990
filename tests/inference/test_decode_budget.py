import threading

from app.inference.decode_budget import DecodeBudget


def test_decode_budget__lets_one_large_image_go_alone() -> None:
    budget = DecodeBudget(100)
    order: list[str] = []

    def take_small() -> None:
        with budget.turn(1):
            order.append("small")

    with budget.turn(1000):
        thread = threading.Thread(target=take_small)
        thread.start()
        thread.join(0.05)
        order.append("large")
    thread.join()
    assert order == ["large", "small"]
