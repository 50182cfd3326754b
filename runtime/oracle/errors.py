"""Which exceptions would be raised whatever the values are."""

import re
from typing import Pattern, Sequence

# The dtype, device and type contract: eager checks these before it looks at
# values, and the meta device misses many of them.
_CONTRACT = (
    r"mat1 and mat2 must have the same dtype",
    r"mat1 and mat2 shapes cannot be multiplied",
    r"not implemented for '",
    r"Found dtype \w+ but expected",
    r"expected scalar type",
    r"expected (m1 and m2|mat1 and mat2|vec and mat) to have the same dtype",
    r"[Ee]xpected target dtype to be",
    r"Expected (a )?floating point",
    r"Expected tensor for argument #\d+ '\w+' to have",
    r"must have the same dtype",
    r"have the same d?type",
    r"same data ?type",
    r"tensors used as indices must be",
    r"could not infer output dtype",
    r"result type \w+ can't be cast",
    r"running_mean should contain",
    r"running_var should contain",
    r"weight should contain \d+ elements",
    r"Expected dtype int32/int64 for index",
    r"only supports boolean masks",
    r"Input type \(.*\) and (bias|weight) type",
    r"Index put requires the source and destination dtypes match",
    r"Only Tensors of floating point",
    r"The size of tensor a",
    r"shape '.*' is invalid for input of size",
    r"only one element tensors can be converted",
    r"a Tensor with \d+ elements cannot be converted to Scalar",
    r"Boolean value of Tensor with",
    r"(The shape of the mask|mask shape)",
    r"is supposed to be|argument should be a",
    r"can't convert .* to numpy",
    r"Can't call numpy\(\) on Tensor",
    r"index_select\(\): Expected dtype",
    r"Dimension out of range",
    r"too many indices for",
    r"expected .* to be (a )?(float|Float|Double|Long|long|int)",
    r"does not support|is not supported for|unsupported dtype|Unsupported dtype",
    r"with (a|two) bool tensors? is not supported",
    r"Boolean inputs not supported",
    r"std and var only support",
    r"dtype .* not supported|not supported .* dtype",
    r"Expected (all tensors|input|object|self)",
    r"expected (input|m1|self|b?mat\d?|vec|batch)",
    r"matmul: Input operand \d",  # NumPy
    r"shapes .* not aligned",
    r"operands could not be broadcast",
    r"cannot reshape array of size",
    r"all the input array",
    r"axis -?\d+ is out of bounds for array",
    r"too many indices for array",
)

# These look like the contract but depend on values.
_VALUES = (
    r"index out of range in self",
    r"Target -?\d+ is out of bounds",
    r"between 0 and 1",
    r"probability tensor contains",
    r"singular|positive-definite|not converge",
    r"Class values must be",
    r"ZeroDivisionError",
)


def _any_of(patterns: Sequence[str]) -> Pattern[str]:
    return re.compile("|".join("(?:{})".format(pattern) for pattern in patterns), re.DOTALL)


_contract = _any_of(_CONTRACT)
_values = _any_of(_VALUES)
_about_meta = re.compile(
    r"(?<![a-z])meta(?![a-z])|FakeTensor|data.?(in)?dependent|functorch", re.IGNORECASE
)


def is_contract(error: BaseException) -> bool:
    """Whether the exception follows from types, dtypes and shapes alone."""
    text = str(error)
    if _values.search(text):
        return False
    if isinstance(error, (TypeError, AttributeError, NotImplementedError)):
        return True
    return bool(_contract.search(text))


_about_sizes = re.compile(
    r"(?<![A-Za-z0-9])\d|element|size|shape|scalar|ambiguous|broadcast", re.IGNORECASE
)


def is_about_types(error: BaseException) -> bool:
    """Whether the exception follows from types and dtypes alone, whatever the sizes."""
    return is_contract(error) and is_text_about_types(str(error))


def is_about_axes(error: BaseException) -> bool:
    """Whether the exception is about an axis that is not there, whatever the sizes."""
    return str(error).startswith("Dimension out of range (expected to be in range of")


def is_text_about_types(text: str) -> bool:
    """Whether a message says nothing of sizes."""
    return not _about_sizes.search(text)


def is_value_dependent(error: BaseException) -> bool:
    """Whether the exception is one that other values may avoid."""
    return bool(_values.search(str(error)))


def is_about_strides(error: BaseException) -> bool:
    """Whether the exception is about how a tensor lies in memory."""
    return "stride" in str(error)


def is_about_meta(error: BaseException) -> bool:
    """Whether the exception says only that the meta device cannot do this."""
    return bool(_about_meta.search(str(error)))
