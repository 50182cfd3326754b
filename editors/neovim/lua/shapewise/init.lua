--- Shapewise in Neovim: the shape, dtype and device of every tensor.
local M = {}

--- Options, and the server started for Python files. `vim.lsp.enable("shapewise")` alone will do.
---
--- @param options shapewise.Options?
function M.setup(options)
  require("shapewise.config").set(options or {})
  vim.lsp.enable("shapewise")
end

--- Like `vim.lsp.buf.hover()`, in a window that reads well.
---
--- @param options vim.lsp.buf.hover.Opts?
function M.hover(options)
  vim.lsp.buf.hover(require("shapewise.config").hover(options))
end

return M
