"""The rules: one file for each kind of mistake, named after its code.

A rule looks at a failure (an operation that is certain to raise) and says it in
the learner's terms. The first rule that recognises a failure has it.
"""

from __future__ import annotations

from ..facts import Problem
from ..interpreter.failures import Failure
from . import (
    sw101_matmul_inner_dim,
    sw102_broadcast,
    sw103_view_size,
    sw104_cat_stack,
    sw105_conv_input,
    sw106_dim_out_of_range,
    sw107_index_out_of_range,
    sw108_layer_input,
    sw109_loss_shape,
    sw110_unpack_shape,
    sw111_axes,
    sw112_scalar_conversion,
    sw113_assign_shape,
    sw190_torch_error,
    sw201_operand_dtype,
    sw202_loss_target_dtype,
    sw203_integer_mean,
    sw204_index_dtype,
    sw205_inplace_dtype,
    sw206_integer_grad,
    sw207_not_a_tensor,
    sw301_device_mismatch,
    sw302_numpy_on_device,
    sw401_numpy_on_grad,
    sw402_backward_non_scalar,
    sw403_no_grad_graph,
    sw404_leaf_inplace,
    sw601_batch_items,
    sw602_dataset_rows,
    sw605_tensor_from_data,
    sw701_layer_arguments,
    sw702_hidden_layers,
    sw703_super_init,
    sw704_no_forward,
    sw705_forward_returns_none,
    sw706_optimizer_parameters,
    sw707_parameter_assignment,
    sw708_attribute,
)
from .base import Rule

RULES: tuple[Rule, ...] = (
    sw701_layer_arguments.RULE,
    sw206_integer_grad.RULE,
    sw404_leaf_inplace.RULE,
    sw113_assign_shape.RULE,
    sw301_device_mismatch.RULE,
    sw302_numpy_on_device.RULE,
    sw401_numpy_on_grad.RULE,
    sw402_backward_non_scalar.RULE,
    sw403_no_grad_graph.RULE,
    sw112_scalar_conversion.RULE,
    sw110_unpack_shape.RULE,
    sw202_loss_target_dtype.RULE,
    sw109_loss_shape.RULE,
    sw204_index_dtype.RULE,
    sw201_operand_dtype.RULE,
    sw205_inplace_dtype.RULE,
    sw203_integer_mean.RULE,
    sw108_layer_input.RULE,
    sw105_conv_input.RULE,
    sw601_batch_items.RULE,
    sw104_cat_stack.RULE,
    sw101_matmul_inner_dim.RULE,
    sw102_broadcast.RULE,
    sw103_view_size.RULE,
    sw106_dim_out_of_range.RULE,
    sw107_index_out_of_range.RULE,
    sw111_axes.RULE,
    sw705_forward_returns_none.RULE,
    sw602_dataset_rows.RULE,
    sw605_tensor_from_data.RULE,
    sw702_hidden_layers.RULE,
    sw703_super_init.RULE,
    sw704_no_forward.RULE,
    sw706_optimizer_parameters.RULE,
    sw707_parameter_assignment.RULE,
    sw708_attribute.RULE,
    sw207_not_a_tensor.RULE,
    sw190_torch_error.RULE,
)
"""In the order in which they are tried; the last one recognises everything."""


def problem_of(failure: Failure) -> Problem:
    """The problem a certain failure is."""
    for rule in RULES:
        finding = rule.find(failure)
        if finding is not None:
            return Problem(
                span=failure.span(finding.operand),
                code=rule.code,
                slug=rule.slug,
                severity=rule.severity,
                message=finding.message,
                torch_message=f"{failure.error.type}: {failure.error.text}",
                related=finding.related,
                accelerated_only=rule.accelerated_only,
            )
    raise AssertionError("the last rule recognises everything")
