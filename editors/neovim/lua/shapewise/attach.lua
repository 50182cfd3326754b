--- What is made ready in a buffer when the server is attached to it.
local config = require("shapewise.config")

local M = {}

local NEOVIMS_HOVER = "vim.lsp.buf.hover()"

--- @param bufnr integer
local function map_hover(bufnr)
  vim.api.nvim_buf_call(bufnr, function()
    local map = vim.fn.maparg("K", "n", false, true)
    -- Only Neovim's own mapping gives way, never the user's.
    if map.buffer == 1 and map.desc == NEOVIMS_HOVER then
      local options = { buffer = bufnr, desc = "Shapewise: hover" }
      vim.keymap.set("n", "K", function()
        require("shapewise").hover()
      end, options)
    end
  end)
end

--- @param bufnr integer
local function follow_codelens(bufnr)
  if vim.lsp.codelens.enable then
    vim.lsp.codelens.enable(true, { bufnr = bufnr })
    return
  end
  vim.api.nvim_create_autocmd({ "BufEnter", "InsertLeave", "TextChanged", "BufWritePost" }, {
    group = vim.api.nvim_create_augroup("shapewise.codelens." .. bufnr, {}),
    buffer = bufnr,
    callback = function()
      if not require("shapewise.client").of(bufnr) then
        return true
      end
      vim.lsp.codelens.refresh({ bufnr = bufnr })
    end,
  })
  vim.lsp.codelens.refresh({ bufnr = bufnr })
end

--- @param client vim.lsp.Client
--- @param bufnr integer
function M.attach(client, bufnr)
  local options = config.get()
  if options.inlay_hints and client:supports_method("textDocument/inlayHint") then
    vim.lsp.inlay_hint.enable(true, { bufnr = bufnr })
  end
  if options.codelens and client:supports_method("textDocument/codeLens") then
    follow_codelens(bufnr)
  end
  if options.hover then
    map_hover(bufnr)
  end
end

return M
