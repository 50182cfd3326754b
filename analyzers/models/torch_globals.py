"""Functions of torch that change how it works, or that only wrap something."""

from __future__ import annotations

import ast

from ...runtime.oracle.wire import Error
from ..interpreter import devices, failures, libraries
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.operators import dim_of, int_value
from ..values.model import (
    NONE,
    Const,
    DtypeV,
    InstanceV,
    Library,
    ListV,
    Native,
    Scalar,
    Sig,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from .modules import WRAPPED, is_module
from .numpy_ import is_object_array
from .registry import model


@model(
    "torch.manual_seed",
    "torch.seed",
    "torch.set_printoptions",
    "torch.set_num_threads",
    "torch.set_float32_matmul_precision",
    "torch.use_deterministic_algorithms",
    "numpy.random.seed",
    "numpy.set_printoptions",
    "torch.autograd.set_detect_anomaly",
)
def nothing(call: Call) -> Value:
    """No shape, dtype or device depends on it."""
    return NONE


@model("torch.set_default_dtype", "torch.set_default_tensor_type")
def set_default_dtype(call: Call) -> Value:
    """The dtype of floating-point factories from now on."""
    dtype = call.argument(0, "d")
    if isinstance(dtype, DtypeV):
        call.machine.modes.default_dtype = dtype.name
    elif isinstance(dtype, (Const, Library)):
        name = str(dtype.value) if isinstance(dtype, Const) else dtype.name
        if "DoubleTensor" in name:
            call.machine.modes.default_dtype = "float64"
    return NONE


@model("torch.get_default_dtype")
def get_default_dtype(call: Call) -> Value:
    """The dtype of floating-point factories."""
    return DtypeV(call.machine.modes.default_dtype)


@model(
    "torch.compile",
    "torch.jit.script",
    "torch.jit.ignore",
    "torch.nn.DataParallel",
    "torch.nn.parallel.DistributedDataParallel",
    "torch.jit.trace",
)
def pass_through(call: Call) -> Value:
    """For all that is tracked, the wrapped thing is the thing.

    But the names in its `state_dict` begin otherwise.
    """
    module = call.args[0] if call.args else None
    if isinstance(module, InstanceV) and is_module(module) and "jit" not in call.name:
        call.machine.trail.set(module.slots, WRAPPED, call.name.endswith("Parallel"))
    return call.args[0] if call.args else call.machine.unknown("nothing is known of what is called")


@model("torch.nn.parallel.data_parallel")
def data_parallel(call: Call) -> Value:
    """`data_parallel(module, inputs)` is `module(*inputs)`."""
    from ..interpreter.functions import call_value

    module, inputs = call.argument(0, "module"), call.argument(1, "inputs")
    if module is None or inputs is None:
        return call.machine.unknown("nothing is known of what is called")
    args = list(inputs.items) if isinstance(inputs, TupleV) else [inputs]
    nodes: list[ast.expr | None] = [None] * len(args)
    if len(args) == 1:
        nodes = [call.argument_node(1, "inputs")]
    return call_value(Call(call.machine, call.node, "module", args, nodes=nodes), module)


@model("torch.from_numpy", "torch.as_tensor", "torch.tensor")
def from_numpy(call: Call) -> Value:
    """Tensors from arrays: an array that was reversed cannot become one."""
    value = call.args[0] if call.args else NONE
    if is_object_array(value) and call.name == "torch.from_numpy":
        message = (
            "can't convert np.ndarray of type numpy.object_. The only supported types are: "
            "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, "
            "uint32, uint16, uint8, and bool."
        )
        return failures.report(call, Error("TypeError", message), "call")
    if isinstance(value, TensorV) and value.slots.get("backwards"):
        message = (
            "At least one stride in the given numpy array is negative, and tensors with negative "
            "strides are not currently supported. (You can probably work around this by making a "
            "copy of your array  with array.copy().) "
        )
        return failures.report(call, Error("ValueError", message), "call")
    return ask(call)


@model("torch.nn.utils.clip_grad_norm_", "torch.nn.utils.clip_grad_norm")
def clip_grad_norm(call: Call) -> Value:
    """The total norm of the gradients, one number."""
    return TensorV(Sig((), "float32"), call.origin)


@model("torch.nn.Transformer.generate_square_subsequent_mask")
def square_subsequent_mask(call: Call) -> Value:
    """A (size, size) mask of zeros and minus infinities."""
    size = dim_of(call.args[0]) if call.args else None
    if size is None:
        return call.machine.unknown("the size of a mask is not known")
    place = devices.named(call.kwargs.get("device"), call.machine.modes.default_device)
    return TensorV(Sig((size, size), call.machine.modes.default_dtype, place), call.origin)


@model("torch.nn.Embedding.from_pretrained")
def embedding_from_pretrained(call: Call) -> Value:
    """An embedding made of a matrix, frozen unless told otherwise."""
    weights = call.argument(0, "embeddings")
    if not isinstance(weights, TensorV) or not weights.sig.shape or len(weights.sig.shape) != 2:
        return call.machine.unknown("the shape of a tensor it uses is not known")
    sizes: list[Value] = [int_value(dim, ()) for dim in weights.sig.shape]
    inner = Call(call.machine, call.node, "torch.nn.Embedding", sizes, nodes=[None, None])
    layer = libraries.construct_layers(inner)
    if isinstance(layer, InstanceV):
        layer.slots["$frozen"] = call.argument(1, "freeze") != Const(False)
    return layer


@model("torch.is_tensor")
def is_tensor(call: Call) -> Value:
    """Whether a value is a tensor."""
    value = call.argument(0, "obj")
    if isinstance(value, Unknown):
        return Scalar("bool")
    return Const(isinstance(value, TensorV) and not value.sig.numpy)


@model("torch.Generator")
def generator(call: Call) -> Value:
    """A source of random numbers: nothing that is tracked depends on it."""
    return InstanceV(Library("torch.Generator"), call.origin)


@model("torch.nn.Parameter", "torch.nn.parameter.Parameter")
def parameter(call: Call) -> Value:
    """`nn.Parameter(data, requires_grad=True)`.

    https://docs.pytorch.org/docs/2.13/generated/torch.nn.parameter.Parameter.html
    """
    data, grad = call.argument(0, "data"), call.argument(1, "requires_grad")
    if not isinstance(data, TensorV):
        return data if isinstance(data, Unknown) else ask(call)
    sig = data.sig._replace(
        parameter=True, leaf=True, value=None, requires_grad=grad != Const(False)
    )
    return TensorV(sig, call.origin)


@model("torch.Size")
def size(call: Call) -> Value:
    """`torch.Size([2, 3])`."""
    value = call.argument(0, "sizes")
    if isinstance(value, ListV) and value.items.rest is None:
        return TupleV(value.items.items, "size")
    if isinstance(value, TupleV):
        return TupleV(value.items, "size")
    return value if isinstance(value, Unknown) else TupleV((), "size")


@model("torch.autocast", "torch.amp.autocast", "torch.amp.autocast_mode.autocast")
@model("torch.cuda.amp.autocast", "torch.cpu.amp.autocast")
def autocast(call: Call) -> Value:
    """Inside autocast the dtypes depend on torch's own lists; they are not claimed."""
    modes = call.machine.modes
    enabled = call.kwargs.get("enabled") != Const(False)

    def enter(_: object) -> Value:
        before, modes.autocast = modes.autocast, enabled

        def leave(_: object) -> Value:
            modes.autocast = before
            return NONE

        return Native("leave", leave)

    instance = InstanceV(Library("torch.autocast"), call.origin)
    instance.slots["$enter"] = Native(call.name, enter)
    return instance


@model("torch.amp.GradScaler", "torch.cuda.amp.GradScaler", "torch.profiler.profile")
def mixed_precision(call: Call) -> Value:
    """What watches or scales the training: nothing that shapes depend on."""
    return call.machine.unknown("dtypes under autocast are not followed")
