-- What `vim.lsp.enable("shapewise")` starts. Change it with `vim.lsp.config("shapewise", {...})`.
local config = require("shapewise.config")
local client = require("shapewise.client")
local server = require("shapewise.server")

return {
  cmd = server.start,
  filetypes = { "python" },
  root_dir = server.root_dir,
  before_init = client.before_init,
  on_exit = client.on_exit,
  handlers = client.handlers,
  commands = {
    ["shapewise.lesson.open"] = function(command, context)
      require("shapewise.lesson").on_open(command, context)
    end,
  },
  -- Neovim 0.11 can do this through `handlers`, but does not say so.
  capabilities = { workspace = { codeLens = { refreshSupport = true } } },
  settings = { shapewise = config.get().settings },
}
