import numpy as np

from app.cli.demo_scenes import HEIGHT, SMALLEST_VISIBLE_PX, THINGS, WIDTH, draw_scene


def test_draw_scene__same_seed_gives_the_same_picture() -> None:
    first, second = draw_scene(3), draw_scene(3)
    assert np.array_equal(first.rgb, second.rgb)
    assert first.jpeg() == second.jpeg()
    assert not np.array_equal(first.rgb, draw_scene(4).rgb)


def test_draw_scene__labels_what_is_visible() -> None:
    scene = draw_scene(1)
    assert scene.rgb.shape == (HEIGHT, WIDTH, 3)
    assert len(scene.objects) >= 3
    covered = sum(thing.mask.astype(int) for thing in scene.objects)
    assert covered.max() == 1, "a pixel belongs to one thing only: the one on top"
    assert all(thing.mask.sum() >= SMALLEST_VISIBLE_PX for thing in scene.objects)


def test_draw_scene__every_class_appears_in_a_few_scenes() -> None:
    seen = {thing.class_name for seed in range(6) for thing in draw_scene(seed).objects}
    assert seen == set(THINGS)


def test_draw_scene__a_ring_has_a_hole() -> None:
    rings = [thing.mask for seed in range(6) for thing in draw_scene(seed).objects if thing.class_name == "ring"]

    def centre_is_empty(mask: np.ndarray) -> bool:
        y, x = np.argwhere(mask).mean(axis=0).round().astype(int)
        return not mask[y, x]

    assert sum(map(centre_is_empty, rings)) > len(rings) / 2
