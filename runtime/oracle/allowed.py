"""Which functions may be called: only those that compute, and change nothing but tensors."""

import types
from functools import lru_cache
from typing import Any, FrozenSet, Set

from . import names


def _words(text: str) -> FrozenSet[str]:
    return frozenset(text.split())


# Read or write files, change global state, run other code, look at memory or
# start processes. Everything that takes a function is left out as well.
_TORCH_DENIED = _words(
    """from_file frombuffer from_dlpack set_printoptions set_default_dtype set_default_device
    set_default_tensor_type set_grad_enabled set_num_threads set_num_interop_threads
    set_flush_denormal set_warn_always set_deterministic_debug_mode set_float32_matmul_precision
    set_autocast_enabled set_anomaly_enabled set_rng_state manual_seed seed save load compile jit
    use_deterministic_algorithms vmap utils hub classes ops"""
)
_TORCH_EXTRA = _words(
    """Tensor Size finfo iinfo is_tensor is_storage typename is_grad_enabled
    is_inference_mode_enabled get_default_dtype result_type promote_types can_cast Generator
    FloatTensor DoubleTensor HalfTensor BFloat16Tensor ByteTensor CharTensor ShortTensor IntTensor
    LongTensor BoolTensor is_warn_always_enabled sym_int sym_float sym_max sym_min sym_not"""
)
_TENSOR_DENIED = _words(
    """apply_ map_ map2_ register_hook register_post_accumulate_grad_hook share_memory_ storage
    untyped_storage typed_storage storage_type set_ data_ptr pin_memory record_stream
    module_load as_subclass is_shared reinforce const_data_ptr cuda xpu ipu mtia"""
)
_OPERATOR_METHODS = _words(
    """__abs__ __add__ __and__ __bool__ __complex__ __contains__ __divmod__ __eq__ __float__
    __floordiv__ __ge__ __getitem__ __gt__ __iadd__ __iand__ __ifloordiv__ __ilshift__ __imatmul__
    __imod__ __imul__ __index__ __int__ __invert__ __ior__ __ipow__ __irshift__ __isub__ __iter__
    __itruediv__ __ixor__ __le__ __len__ __lshift__ __lt__ __matmul__ __mod__ __mul__ __ne__ __neg__
    __or__ __pos__ __pow__ __radd__ __rand__ __rdivmod__ __repr__ __reversed__ __rfloordiv__
    __rlshift__ __rmatmul__ __rmod__ __rmul__ __ror__ __rpow__ __rrshift__ __rshift__ __rsub__
    __rtruediv__ __rxor__ __setitem__ __str__ __sub__ __truediv__ __xor__"""
)
_FUNCTIONAL_DENIED = _words(
    """assert_int_or_pair boolean_dispatch handle_torch_function has_torch_function
    has_torch_function_unary has_torch_function_variadic importlib warnings math"""
)
_UTILS = _words(
    """clip_grad_norm_ clip_grad_value_ get_total_norm parameters_to_vector vector_to_parameters"""
)
_UTILS_RNN = _words(
    """PackedSequence pack_padded_sequence pack_sequence pad_packed_sequence pad_sequence
    unpack_sequence unpad_sequence invert_permutation"""
)
_NUMPY_DENIED = _words(
    """load save savez savez_compressed loadtxt savetxt genfromtxt fromfile memmap fromregex
    DataSource frombuffer fromfunction frompyfunc fromiter vectorize apply_along_axis
    apply_over_axes piecewise set_printoptions printoptions seterr seterrcall setbufsize errstate
    test show_config show_runtime get_include info lookfor source who byte_bounds from_dlpack
    nditer nested_iters getbufsize geterrcall set_string_function add_newdoc add_docstring
    disp deprecate deprecate_with_doc safe_eval mat bmat ctypeslib f2py testing distutils
    recfromcsv recfromtxt mafromtxt ndfromtxt show_config fromstring require_asarray ndarray
    busdaycalendar get_printoptions format_parser record recarray"""
)
_NDARRAY_DENIED = _words(
    "tofile dump dumps tobytes tostring setflags ctypes data setfield getfield"
)
_NUMPY_RANDOM_DENIED = _words(
    "seed set_state get_state test bit_generator mtrand default_rng RandomState Generator "
    "SeedSequence BitGenerator MT19937 PCG64 PCG64DXSM Philox SFC64 set_bit_generator "
    "get_bit_generator"
)
_OPERATOR_DENIED = _words("attrgetter itemgetter methodcaller call")
_BUILTINS = _words(
    """abs all any bool complex divmod float int len list max min pow round sum tuple sorted
    str repr format"""
)


@lru_cache(maxsize=None)
def _torch_functions() -> FrozenSet[str]:
    torch = names.root("torch")
    found: Set[str] = {name for name in dir(torch._C._VariableFunctions) if name[0] != "_"}
    found |= set(torch.functional.__all__)
    found |= _TORCH_EXTRA
    return frozenset(found - _TORCH_DENIED)


@lru_cache(maxsize=4096)
def allowed(name: str) -> bool:
    """Whether the function or class with this dotted name may be called.

    Layers are built by `layers` and are not covered here.
    """
    space, _, member = name.rpartition(".")
    rule = _RULES.get(space)
    if rule is None or not rule(member):
        return False
    try:
        found = names.find(name)
    except (names.NotFound, names.NotInstalled, names.Foreign):
        return False
    return callable(found) and not isinstance(found, types.ModuleType)


def _public(denied: FrozenSet[str]) -> Any:
    return lambda member: not member.startswith("_") and member not in denied


def _method(denied: FrozenSet[str]) -> Any:
    public = _public(denied)
    return lambda member: public(member) or member in _OPERATOR_METHODS


def _numpy(member: str) -> bool:
    if member in _NUMPY_DENIED or member.startswith("_"):
        return False
    found = getattr(names.root("numpy"), member, None)
    return not isinstance(found, type) or _is_scalar_type(found)


def _is_scalar_type(found: type) -> bool:
    numpy = names.root("numpy")
    return issubclass(found, (numpy.generic, numpy.dtype)) or found in (numpy.finfo, numpy.iinfo)


_RULES = {
    "torch": lambda member: member in _torch_functions(),
    "torch.Tensor": _method(_TENSOR_DENIED),
    "torch.nn": lambda member: member == "Parameter",
    "torch.nn.parameter": lambda member: member == "Parameter",
    "torch.nn.functional": _public(_FUNCTIONAL_DENIED),
    "torch.nn.init": _public(frozenset()),
    "torch.nn.utils": lambda member: member in _UTILS,
    "torch.nn.utils.rnn": lambda member: member in _UTILS_RNN,
    "torch.linalg": _public(frozenset()),
    "torch.fft": _public(frozenset()),
    "torch.special": _public(frozenset()),
    "numpy": _numpy,
    "numpy.ndarray": _method(_NDARRAY_DENIED),
    "numpy.linalg": _public(_words("test LinAlgError")),
    "numpy.fft": _public(_words("test")),
    "numpy.random": _public(_NUMPY_RANDOM_DENIED),
    "math": _public(frozenset()),
    "cmath": _public(frozenset()),
    "operator": _public(_OPERATOR_DENIED),
    "builtins": lambda member: member in _BUILTINS,
}
