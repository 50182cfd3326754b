"""Messages of older releases of torch, which learners still paste, lead to the same rules."""

from __future__ import annotations

import pytest
from shapewise.analyzers.rules import RULES
from shapewise.analyzers.rules.wordings import WORDINGS, code_of_message

OLDER = [
    ("size mismatch, m1: [4 x 8], m2: [10 x 5] at /pytorch/aten/src/TH/THTensorMath.cpp", "SW101"),
    ("mat1 dim 1 must match mat2 dim 0", "SW101"),
    ("matrices expected, got 3D, 2D tensors at /pytorch/aten/src/TH/generic", "SW101"),
    (
        "Expected object of scalar type Long but got scalar type Float for argument #2 'target'",
        "SW202",
    ),
    ("expected scalar type Long but found Float", "SW202"),
    (
        "Expected object of scalar type Long but got scalar type Float for argument #2 'mat2'",
        "SW201",
    ),
    ("expected scalar type Float but found Double", "SW201"),
    ("Found dtype Double but expected Float", "SW202"),
    ("multi-target not supported at /opt/conda/ClassNLLCriterion.c:21", "SW109"),
    (
        "Expected all tensors to be on the same device, but found at least two devices, cuda:0 "
        "and cpu! (when checking argument for argument mat1 in method wrapper_addmm)",
        "SW301",
    ),
    (
        "Expected object of device type cuda but got device type cpu for argument #1 'self' in "
        "call to _th_index_select",
        "SW301",
    ),
    ("can't convert CUDA tensor to numpy. Use Tensor.cpu() to copy the tensor", "SW302"),
    (
        "Expected 4-dimensional input for 4-dimensional weight 16 3 3 3, but got 3-dimensional "
        "input of size [3, 28, 28] instead",
        "SW105",
    ),
    ("only one element tensors can be converted to Python scalars", "SW112"),
    ("bool value of Tensor with more than one value is ambiguous", "SW112"),
    ("Can't call numpy() on Variable that requires grad. Use var.detach().numpy()", "SW401"),
    ("Can only calculate the mean of floating types. Got Long instead.", "SW203"),
    ("dimension out of range (expected to be in range of [-1, 0], but got 1)", "SW106"),
    ("invalid argument 0: Sizes of tensors must match except in dimension 1. Got 3 and 4", "SW104"),
    ("Assertion `cur_target >= 0 && cur_target < n_classes' failed.", "SW114"),
    ("inconsistent tensor size, expected r_ [2 x 3], t [2 x 3] and src [3] to match", "SW102"),
    ("number of dims don't match in permute", "SW111"),
    ("optimizer can only optimize Tensors, but one of the params is Module.parameters", "SW706"),
]


@pytest.mark.parametrize(("message", "code"), OLDER)
def test_older_wordings(message: str, code: str) -> None:
    assert code_of_message(message) == code
    assert code_of_message(f"RuntimeError: {message}") == code


def test_a_failure_in_a_worker_is_the_one_it_quotes() -> None:
    message = (
        "RuntimeError: Caught RuntimeError in DataLoader worker process 0.\n"
        "Original Traceback (most recent call last):\n  …\n"
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (4x8 and 10x5)\n"
    )
    assert code_of_message(message) == "SW101"


@pytest.mark.parametrize(
    "message",
    [
        "",
        "KeyError: 'x'",
        "ZeroDivisionError: division by zero",
        "TypeError: 'int' object is not iterable",
        "AttributeError: 'NoneType' object has no attribute 'group'",
        "FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'",
    ],
)
def test_other_messages_are_no_rules(message: str) -> None:
    assert code_of_message(message) is None


def test_all_codes_are_rules() -> None:
    assert {code for _, code in WORDINGS} <= {rule.code for rule in RULES}
