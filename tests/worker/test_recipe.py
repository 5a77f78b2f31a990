import pytest
import torch

from app.db.enums import ModelSize
from tests.worker import synthetic
from worker.recipe import LONG_TRAINING, Recipe, choose_recipe
from worker.transforms import Augmentation

CPU, GPU = torch.device("cpu"), torch.device("cuda")


def recipe(device: torch.device = CPU, *, pretrained: bool = False, **config: object) -> Recipe:
    return choose_recipe(synthetic.config(**config), pretrained=pretrained, device=device)


@pytest.mark.parametrize(("image_size", "batch_size"), [(192, 2), (256, 2), (512, 1), (1024, 1)])
def test_choose_recipe__a_cpu_takes_two_small_images_or_one_large(image_size: int, batch_size: int) -> None:
    assert recipe(image_size=image_size).batch_size == batch_size


def test_choose_recipe__a_gpu_takes_more_and_every_mask() -> None:
    found = recipe(GPU, size=ModelSize.MEDIUM)

    assert (found.batch_size, found.max_masks) == (8, None)


def test_choose_recipe__only_short_trainings_from_random_weights_on_a_cpu_begin_with_small_images() -> None:
    assert recipe().small_first > 0
    others = [recipe(pretrained=True), recipe(train_minutes=60), recipe(GPU)]
    assert [other.small_first for other in others] == [0, 0, 0]


def test_choose_recipe__pretrained_weights_are_changed_gently_and_a_person_decides() -> None:
    assert recipe(pretrained=True).learning_rate < recipe().learning_rate
    assert recipe(pretrained=True, learning_rate=0.03).learning_rate == 0.03


def test_choose_recipe__a_joint_batch_gets_the_root_of_its_processes_times_the_rate() -> None:
    alone, four = recipe(GPU), choose_recipe(synthetic.config(), pretrained=False, device=GPU, processes=4)
    asked = choose_recipe(synthetic.config(learning_rate=0.03), pretrained=False, device=GPU, processes=4)

    assert (four.learning_rate, four.warm_up_steps) == (2 * alone.learning_rate, 2 * alone.warm_up_steps)
    assert (asked.learning_rate, asked.warm_up_steps) == (0.03, alone.warm_up_steps)


def test_choose_recipe__only_long_trainings_see_pasted_objects() -> None:
    assert recipe(train_minutes=59).augmentation == Augmentation()
    assert Augmentation().paste_share == 0
    assert recipe(train_minutes=60).augmentation == LONG_TRAINING
    assert LONG_TRAINING.paste_share > 0
