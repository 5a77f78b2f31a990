"""The demo's scenes, each drawn once for all tests of a process: to draw one takes a fifth of a second."""

from functools import cache

from app.cli import demo_scenes

draw_scene = cache(demo_scenes.draw_scene)
