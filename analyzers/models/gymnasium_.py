"""`gymnasium`: what an environment shows and takes, by its name.

https://gymnasium.farama.org/api/env/ and the page of each environment
"""

from __future__ import annotations

from typing import NamedTuple

from ..interpreter.call import Call
from ..values.model import (
    NONE,
    Const,
    DictV,
    InstanceV,
    Library,
    Scalar,
    Sig,
    TensorV,
    TupleV,
    Value,
)
from .registry import method, model

_ENV = "gymnasium.Env"
_SPACE = "gymnasium.spaces.Space"


class _Space(NamedTuple):
    """A `Box` of a shape, or `Discrete` with a number of choices."""

    shape: tuple[int, ...] = ()
    dtype: str = "float32"
    choices: int = 0


def _box(*shape: int, dtype: str = "float32") -> _Space:
    return _Space(shape, dtype)


def _discrete(count: int) -> _Space:
    return _Space(choices=count)


_ENVIRONMENTS = {
    "CartPole": (_box(4), _discrete(2)),
    "MountainCar": (_box(2), _discrete(3)),
    "MountainCarContinuous": (_box(2), _box(1)),
    "Acrobot": (_box(6), _discrete(3)),
    "Pendulum": (_box(3), _box(1)),
    "LunarLander": (_box(8), _discrete(4)),
    "LunarLanderContinuous": (_box(8), _box(2)),
    "BipedalWalker": (_box(24), _box(4)),
    "CarRacing": (_box(96, 96, 3, dtype="uint8"), _box(3)),
    "FrozenLake": (_discrete(16), _discrete(4)),
    "Taxi": (_discrete(500), _discrete(6)),
    "CliffWalking": (_discrete(48), _discrete(4)),
}
"""What is observed and what is done: https://gymnasium.farama.org/environments/"""

_SHAPING = ("continuous", "map_name", "desc", "is_slippery", "vector_kwargs")
"""Arguments of single environments that change their spaces, or may."""


@model("gymnasium.make")
def make(call: Call) -> Value:
    """`gym.make("CartPole-v1")`."""
    name = call.argument(0, "id")
    known = (
        _ENVIRONMENTS.get(name.value.partition("-v")[0])
        if isinstance(name, Const) and isinstance(name.value, str)
        else None
    )
    if known is None or call.incomplete or any(key in call.kwargs for key in _SHAPING):
        return call.machine.unknown("what this environment shows is not known")
    env = InstanceV(Library(_ENV), call.origin)
    env.slots.update(observation_space=_space(call, known[0]), action_space=_space(call, known[1]))
    return env


def _space(call: Call, space: _Space) -> InstanceV:
    instance = InstanceV(Library(_SPACE), call.origin)
    instance.slots["$space"] = space
    instance.slots["shape"] = TupleV(tuple(map(Const, space.shape)))
    if space.choices:
        instance.slots["n"] = Const(space.choices)
    return instance


def _sample(call: Call, space: Value) -> Value:
    known = space.slots.get("$space") if isinstance(space, InstanceV) else None
    if not isinstance(known, _Space):
        return call.machine.unknown("what this environment shows is not known")
    if known.choices:
        return Scalar("int")
    return TensorV(Sig(known.shape, known.dtype, numpy=True), call.origin)


def _observation(call: Call) -> Value:
    env = call.args[0]
    return _sample(call, env.slots["observation_space"] if isinstance(env, InstanceV) else NONE)


@method(_ENV, "reset")
def reset(call: Call) -> Value:
    """The first observation, and a dict."""
    return TupleV((_observation(call), _info(call)))


@method(_ENV, "step")
def step(call: Call) -> Value:
    """`(observation, reward, terminated, truncated, info)`."""
    flags = (Scalar("bool"), Scalar("bool"))
    return TupleV((_observation(call), Scalar("float"), *flags, _info(call)))


def _info(call: Call) -> DictV:
    return DictV({}, rest=call.machine.unknown("which keys a dict has is not known"))


@method(_ENV, "close", "render")
def _nothing(call: Call) -> Value:
    return NONE


@method(_SPACE, "sample")
def sample(call: Call) -> Value:
    """Something of a space, at random."""
    return _sample(call, call.args[0])


@method(_SPACE, "seed")
def _seeded(call: Call) -> Value:
    return call.machine.unknown("which numbers are drawn is not known")
