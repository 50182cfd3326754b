"""Torch's messages, of today and of older releases, and the rules they belong to.

For text of which nothing else is known: what a traced run raised, what a
learner pastes. A rule that sees the operation as well may know better (a
broadcast inside a loss is one of `loss-shape`).
"""

from __future__ import annotations

import re


def code_of_message(message: str) -> str | None:
    """The rule that explains a message of torch's, such as `SW101`.

    Args:
        message: what an exception says, with or without its type in front, of
            any release since 1.0; a traceback counts by its last lines.

    Returns:
        None where the message is no rule's.
    """
    # A failure in a worker of a DataLoader quotes the traceback of the real one.
    said = message.rpartition("Original Traceback")[2].strip()
    for pattern, code in WORDINGS:
        if pattern.search(said):
            return code
    return "SW601" if "in DataLoader worker process" in message else None


def _table(*rows: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), code) for code, pattern in rows)


WORDINGS = _table(
    # Before all others: parts of these texts are the whole of another one.
    ("SW603", r"Error\(s\) in loading state_dict|size mismatch for [\w.]+: copying a param"),
    ("SW604", r"Attempting to deserialize object on a CUDA device"),
    ("SW604", r"Weights only load failed"),
    ("SW104", r"stack expects each tensor to be equal size"),
    ("SW104", r"Sizes of tensors must match except in dimension"),
    ("SW104", r"must have same number of dimensions: got|must be tuple of Tensors, not Tensor"),
    ("SW104", r"expected Tensor as element \d+ in argument 0|expected a non-empty list of Tensors"),
    ("SW104", r"zero-dimensional tensor \(at position \d+\) cannot be concatenated"),
    ("SW104", r"invalid argument 0: Sizes of tensors must match except in dimension"),
    # Places.
    ("SW301", r"Expected all tensors to be on the same device"),
    ("SW301", r"Input type \(torch\..*\) and weight type \(torch\."),
    ("SW301", r"not at the same device|indices should be either on cpu or on the same device"),
    ("SW301", r"Expected object of (?:device type|backend) \w+ but got (?:device type|backend)"),
    ("SW301", r"Expected tensor for .* to have the same device as tensor for"),
    ("SW301", r"Input, output and indices must be on the current device"),
    ("SW302", r"can't convert .* device type tensor to numpy|can't convert CUDA tensor to numpy"),
    ("SW303", r"Torch not compiled with CUDA enabled|Found no NVIDIA driver on your system"),
    ("SW303", r"No CUDA GPUs are available|PyTorch is not linked with support for \w+ devices"),
    ("SW304", r"Expected one of cpu, cuda, .* device type at start of device string"),
    # Gradients.
    ("SW401", r"Can't call numpy\(\) on (?:Tensor|Variable) that requires grad"),
    ("SW402", r"grad can be implicitly created only for scalar outputs"),
    ("SW403", r"does not require grad and does not have a grad_fn"),
    ("SW404", r"a (?:view of a )?leaf Variable that requires grad"),
    ("SW405", r"Trying to backward through the graph a second time"),
    ("SW406", r"one of the variables needed for gradient computation has been modified by an inpl"),
    ("SW407", r"'NoneType' object has no attribute 'zero_'"),
    ("SW407", r"unsupported operand type\(s\) for \*: 'float' and 'NoneType'"),
    ("SW409", r"'type' object does not support the context manager protocol"),
    ("SW206", r"[Oo]nly Tensors of floating point (?:and complex )?dtype can require gradients"),
    # Losses.
    ("SW202", r"expected target dtype to be|Expected floating point type for target"),
    ("SW202", r"Expected object of scalar type Long but got .* for argument #2 'target'"),
    ("SW202", r"expected scalar type Long but found \w+|log_softmax\w*\" not implemented for"),
    ("SW202", r"Found dtype \w+ but expected \w+"),
    ("SW109", r"Expected input batch_size|multi-target not supported|[tT]arget size \(torch\.Size"),
    ("SW109", r"Expected target size \[.*\], got|Expected target size \(.*\), got"),
    ("SW109", r"weight tensor should be defined either for all|only batches of spatial targets"),
    ("SW109", r"input and target batch or spatial sizes don't match|multi-target not supported at"),
    ("SW114", r"Target -?\d+ is out of bounds|Assertion `cur_target >= 0 && cur_target < n_clas"),
    ("SW114", r"index out of range in self|device-side assert triggered"),
    ("SW114", r"Class values must be (?:smaller than num_classes|non-negative)"),
    ("SW502", r"all elements of (?:input|target) should be between 0 and 1"),
    # Types.
    ("SW204", r"tensors used as indices must be|Expected tensor for argument #\d 'indices'"),
    ("SW204", r"Expected dtype int(?:32|64)[\w/ ]* for index|only supports boolean masks"),
    ("SW204", r"Expected object of (?:scalar )?type \S*Long\S* but (?:got|found) .*'ind"),
    ("SW204", r"one_hot is only applicable to index tensor|expected BoolTensor for mask"),
    ("SW205", r"result type \w+ can't be cast to the desired output type"),
    ("SW205", r"Subtraction, the `-` operator, with (?:two bool|a bool)"),
    ("SW205", r"the `-` operator, on a bool"),
    ("SW205", r"Index put requires the source and destination dtypes match"),
    ("SW201", r"must have the same dtype|Input type \(.*\) and (?:bias|weight) type"),
    ("SW201", r"to have the same dtype|expected scalar type \w+ but found \w+|mixed dtype"),
    ("SW201", r"RNN input dtype .* does not match weight dtype|expected both vectors to have same"),
    ("SW201", r"Expected object of (?:scalar )?type \S+ but (?:got|found) (?:scalar )?type"),
    ("SW203", r"could not infer output dtype"),
    ("SW203", r"not implemented for '(?:Long|Int|Short|Char|Byte|Bool)'"),
    ("SW203", r"Can only calculate the mean of floating types|only supports? floating[- ]point"),
    ("SW605", r"can't convert np\.ndarray of type numpy\.object_"),
    ("SW605", r"At least one stride in the given numpy array is negative"),
    # Layers.
    ("SW105", r"expected input\[.*\] to have .* channels, but got"),
    ("SW105", r"Expected \dD \(unbatched\) or \dD \(batched\) input to|Output size is too small"),
    ("SW105", r"Expected \d-dimensional input for \d-dimensional weight"),
    ("SW105", r"Kernel size can't be greater than actual input|\(batch mode\) tensor expected"),
    ("SW108", r"Expected more than 1 (?:value per channel|spatial element) when training"),
    ("SW108", r"running_mean should contain|expected \d+D(?: or \d+D)? input \(got \d+D input\)"),
    ("SW108", r"Given normalized_shape=|must be equal to input_size"),
    ("SW108", r"inconsistent (?:input|hidden)_si"),
    ("SW108", r"Expected hidden(?:\[\d\])? size|For (?:un)?batched .* should also be"),
    ("SW108", r"input must have \d dimensions, got|was expecting embedding dimension of"),
    ("SW108", r"'lengths' argument should be a 1D|Length of all samples has to be greater than 0"),
    ("SW108", r"must have the same number of spatial dimensions, but got input with"),
    ("SW108", r"attn_mask is torch\.Size|must be divisible by num_groups|embed_dim and key"),
    ("SW701", r"must be divisible by (?:num_heads|groups)|argument 'size' .*must be tuple of ints"),
    ("SW701", r"is not a Module subclass|dropout probability has to be between"),
    ("SW701", r"__init__\(\) (?:got an unexpected|missing \d+ required|takes .* positional)"),
    ("SW702", r"optimizer got an empty parameter list"),
    ("SW703", r"cannot assign (?:module|parameters?) before Module.__init__\(\) call"),
    ("SW704", r"is missing the required"),
    ("SW705", r"argument '\w+' \(position \d+\) must be Tensor, not NoneType"),
    ("SW707", r"cannot assign '.*' as (?:parameter|child module|buffer) '"),
    ("SW706", r"'(?:Linear|Conv\dd|LSTM|GRU|\w*(?:Net|Network|Model))' object is not iterable"),
    ("SW706", r"optimizer can only optimize Tensors|params argument given to the optimizer"),
    # Data.
    ("SW601", r"batch must contain tensors, .*; found"),
    ("SW602", r"Size mismatch between tensors"),
    ("SW207", r"argument '\w+' \(position \d+\) must be Tensor, not \S+"),
    ("SW207", r"received an invalid combination of arguments - got \((?:list|tuple|\w*ndarray)"),
    ("SW605", r"expected sequence of length \d+ at dim \d+ \(got \d+\)"),
    # Shapes.
    ("SW101", r"mat1 and mat2 shapes cannot be multiplied|mat1 dim 1 must match|same reductio"),
    ("SW101", r"size mismatch, (?:m1|got input|\[)"),
    ("SW101", r"Expected size for first two dimensions of batch2"),
    ("SW101", r"(?:batch1|batch2) must be a 3D tensor|self must be a matrix|mat2 must be a matrix"),
    ("SW101", r"1D tensors expected|inconsistent tensor size, expected tensor"),
    ("SW101", r"matrices expected, got"),
    ("SW113", r"doesn't match the broadcast shape|expanded size of the tensor .*Tensor sizes: \["),
    ("SW113", r"shape mismatch: value tensor of shape"),
    ("SW102", r"The size of tensor a|Attempting to broadcast a dimension of length"),
    ("SW102", r"could not be broadcast together|inconsistent tensor size|not broadcastable"),
    ("SW103", r"is invalid for input of size"),
    ("SW103", r"view size is not compatible|only one dimension can be"),
    ("SW103", r"invalid shape dimension -|cannot reshape (?:array|tensor)"),
    ("SW103", r"unflatten: Provided sizes"),
    ("SW106", r"[dD]imension out of range"),
    ("SW106", r"axis -?\d+ is out of bounds for array|but tensor has no dim"),
    ("SW107", r"is out of bounds for (?:dimension|axis)|too many indices for (?:tensor|array)"),
    ("SW107", r"invalid index of a 0-dim tensor|iteration over a 0-d|len\(\) of a 0-d tensor"),
    ("SW107", r"The shape of the mask|boolean index did not match|step must be greater than zero"),
    ("SW107", r"Index tensor must have the same number of dimensions"),
    ("SW107", r"index .* out of range for tensor"),
    ("SW107", r"shape mismatch: indexing tensors could not"),
    ("SW107", r"selected (?:index|number) k out of range"),
    ("SW110", r"(?:not enough|too many) values to unpack"),
    ("SW111", r"number of dimensions in the tensor input does not match"),
    ("SW111", r"number of dims don't match"),
    ("SW111", r"duplicate dims are not allowed|transpose\(\) takes 2 positional|einsum\(\)"),
    ("SW111", r"split_with_sizes expects|number of sizes provided .* must be greater or equal"),
    ("SW112", r"elements cannot be converted to Scalar|only one element tensors can be converted"),
    ("SW112", r"Boolean value of Tensor with|bool value of Tensor with|truth value of an array"),
    # Python.
    ("SW708", r"'(?:Tensor|torch\.\S+|Parameter)' object has no attribute"),
    ("SW708", r"'(?:Tensor|torch\.Size)' object is not callable"),
)
"""Regular expressions and codes; the first one that is found decides."""
